// The GraphQL service that every transport serves: one schema, one set of limits, one way to mask errors.

import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { Logger } from 'pino';
import { type ActorIdentity, LoaderScope, type RequestContext } from '../core/context.ts';
import { type Features, NODES } from '../features/index.ts';
import { type ErrorFormatter, errorFormatter } from './errors.ts';
import { checkCost, limitRules, MAX_TOKENS, type QueryLimits } from './limits.ts';
import { NodeResolver } from './node.resolver.ts';
import { buildGraphSchema } from './schema.ts';

export class GraphService {
  readonly schema: GraphQLSchema;
  readonly formatError: ErrorFormatter;
  readonly rules: ReturnType<typeof limitRules>;
  readonly parseOptions = { maxTokens: MAX_TOKENS };

  constructor(
    private readonly features: Features,
    private readonly limits: QueryLimits,
    log: Logger,
  ) {
    this.schema = buildGraphSchema(features.resolvers, new NodeResolver(NODES));
    this.formatError = errorFormatter(log);
    this.rules = limitRules(limits);
  }

  contextFor(actor: ActorIdentity): RequestContext {
    return { actor, loaders: new LoaderScope(this.features.loaders) };
  }

  /** @throws GraphQLError where the operation is estimated to return too much */
  checkCost(
    document: DocumentNode,
    operationName: string | null | undefined,
    variables: Readonly<Record<string, unknown>> | null | undefined,
  ): void {
    checkCost(this.schema, document, operationName, variables, this.limits);
  }

  /**
   * Reads and checks a request as the HTTP endpoint does, for transports that have no pipeline of their own.
   * @returns what to execute, or why not
   */
  prepare(
    request: {
      readonly query: string;
      readonly operationName?: string | null;
      readonly variables?: Record<string, unknown> | null;
    },
    actor: ActorIdentity,
  ): ExecutionArgs | readonly GraphQLError[] {
    try {
      const document = parse(request.query, this.parseOptions);
      const errors = validate(this.schema, document, [...specifiedRules, ...this.rules]);
      if (errors.length > 0) return errors.map(withCode('GRAPHQL_VALIDATION_FAILED'));
      this.checkCost(document, request.operationName, request.variables);
      return {
        schema: this.schema,
        document,
        operationName: request.operationName ?? null,
        variableValues: request.variables ?? null,
        contextValue: this.contextFor(actor),
      };
    } catch (error) {
      if (error instanceof GraphQLError) return [withCode('GRAPHQL_PARSE_FAILED')(error)];
      throw error;
    }
  }
}

function withCode(code: string): (error: GraphQLError) => GraphQLError {
  return (error) => {
    error.extensions.code ??= code;
    return error;
  };
}
