// The executor: every query, mutation and event of a subscription is answered through it, compiled where it is asked
// often, and always as graphql-js would answer.

import {
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from 'graphql';
import { VariableCoercer } from './coerce-variables.ts';
import { CoercedMutations } from './coerced-mutations.ts';
import type { VariableValues } from './collect-fields.ts';
import { CompiledQueries, type CompilerLimits } from './compiled-queries.ts';
import { type AnswerData, Run } from './run.ts';

type Request = Omit<ExecutionArgs, 'schema'>;

const NO_VARIABLES: VariableValues = Object.freeze({});

export class Executor {
  private readonly queries: CompiledQueries;
  private readonly mutations: CoercedMutations;
  /** How many answers the compiled form gave, how many graphql-js gave alone, and how many it gave in the end. */
  readonly counts = { compiled: 0, interpreted: 0, repeated: 0 };

  constructor(
    private readonly schema: GraphQLSchema,
    limits: CompilerLimits,
    private readonly coercer = new VariableCoercer(schema),
  ) {
    this.queries = new CompiledQueries(schema, limits);
    this.mutations = new CoercedMutations(schema, this.coercer);
  }

  /** Answers a request whose document is valid, as graphql-js' `execute`. */
  execute(request: Request): ExecutionResult | Promise<ExecutionResult> {
    const interpret = () => execute({ schema: this.schema, ...request }) as ExecutionResult | Promise<ExecutionResult>;
    const answer = this.answer(request);
    if (answer instanceof Promise) return answer.then((given) => given ?? interpret());
    return answer ?? interpret();
  }

  /** The answer where it takes less than graphql-js would alone; undefined where that has to give it. */
  answer(request: Request): ExecutionResult | undefined | Promise<ExecutionResult | undefined> {
    return this.mutations.execute(request) ?? this.answerCompiled(request);
  }

  /**
   * The answer of the compiled form, undefined where graphql-js has to give it: the form is not compiled yet or cannot
   * be, or something failed. A query that met an error is executed again; the loaders of its context have what they
   * loaded already.
   */
  answerCompiled(request: Request): ExecutionResult | undefined | Promise<ExecutionResult | undefined> {
    const { document, operationName, contextValue, rootValue } = request;
    const operation = this.queries.operation(document, operationName);
    const variableValues = operation && this.coerce(operation.node.variableDefinitions ?? [], request);
    const compiled = variableValues && this.queries.form(operation, variableValues);
    if (!compiled) {
      this.counts.interpreted++;
      return undefined;
    }
    try {
      const data = compiled(new Run(contextValue, variableValues, rootValue));
      return data instanceof Promise ? data.then(this.accepted) : this.accepted(data);
    } catch {
      return this.accepted(undefined);
    }
  }

  private readonly accepted = (data: AnswerData | undefined): ExecutionResult | undefined => {
    this.counts[data ? 'compiled' : 'repeated']++;
    return data && { data };
  };

  /** The variables as graphql-js coerces them; undefined where they do not fit, which it puts in words. */
  private coerce(
    definitions: readonly VariableDefinitionNode[],
    { variableValues }: Request,
  ): VariableValues | undefined {
    return definitions.length === 0 ? NO_VARIABLES : this.coercer.coerce(definitions, variableValues);
  }
}
