// The GraphQL service that every transport serves: one schema, one set of limits, one way to mask errors.

import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { Logger } from 'pino';
import { type ActorIdentity, LoaderScope, type RequestContext } from '../core/context.ts';
import { NO_TELEMETRY, type Telemetry } from '../core/telemetry.ts';
import { type Features, NODES } from '../features/index.ts';
import { type CompilerLimits, DEFAULT_COMPILER_LIMITS } from './compiled-queries.ts';
import { checkCost } from './cost.ts';
import { type ErrorFormatter, errorFormatter } from './errors.ts';
import { Executor } from './executor.ts';
import { limitRules, MAX_TOKENS, type QueryLimits } from './limits.ts';
import { NodeResolver } from './node.resolver.ts';
import { buildGraphSchema } from './schema.ts';

export interface GraphRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

export interface GraphServiceOptions {
  readonly telemetry?: Telemetry | undefined;
  readonly compiler?: Partial<CompilerLimits> | undefined;
}

export class GraphService {
  readonly telemetry: Telemetry;
  readonly schema: GraphQLSchema;
  readonly executor: Executor;
  readonly formatError: ErrorFormatter;
  readonly rules: ReturnType<typeof limitRules>;
  readonly parseOptions = { maxTokens: MAX_TOKENS };
  readonly validationOptions = { hideSuggestions: true };

  constructor(
    private readonly features: Features,
    private readonly limits: QueryLimits,
    log: Logger,
    { telemetry = NO_TELEMETRY, compiler }: GraphServiceOptions = {},
  ) {
    this.telemetry = telemetry;
    this.schema = buildGraphSchema(features.resolvers, new NodeResolver(NODES));
    this.executor = new Executor(this.schema, { ...DEFAULT_COMPILER_LIMITS, ...compiler });
    this.formatError = errorFormatter(log, (code) => telemetry.failed(code));
    this.rules = limitRules(limits);
  }

  contextFor(actor: ActorIdentity): RequestContext {
    return { actor, loaders: new LoaderScope(this.features.loaders) };
  }

  /**
   * Refuses an operation that asks for too much.
   * @throws Invalid with the estimate of what it may return
   */
  checkCost(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>> | null | undefined,
  ): void {
    checkCost(this.schema, document, operation, variables, this.limits.maxCost);
  }

  /**
   * Reads and checks a request as the HTTP endpoint does, for transports that have no pipeline of their own.
   * @returns what to execute, or why not
   */
  prepare(request: GraphRequest, actor: ActorIdentity): ExecutionArgs | readonly GraphQLError[] {
    let document: DocumentNode;
    try {
      document = parse(request.query, this.parseOptions);
    } catch (error) {
      return [coded('GRAPHQL_PARSE_FAILED', error)];
    }
    const rules = [...specifiedRules, ...this.rules];
    const errors = validate(this.schema, document, rules, this.validationOptions);
    if (errors.length > 0) return errors.map((error) => coded('GRAPHQL_VALIDATION_FAILED', error));
    const operation = getOperationAST(document, request.operationName);
    if (!operation) {
      const message = request.operationName
        ? `Unknown operation named "${request.operationName}".`
        : 'Must provide operation name if query contains multiple operations.';
      return [new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } })];
    }
    try {
      this.checkCost(document, operation, request.variables);
    } catch (error) {
      return [coded('BAD_USER_INPUT', error)];
    }
    return {
      schema: this.schema,
      document,
      operationName: request.operationName ?? null,
      variableValues: request.variables ?? null,
      contextValue: this.contextFor(actor),
    };
  }
}

/** An error as the language raises it, with the code of the step that it came from. */
function coded(code: string, error: unknown): GraphQLError {
  const { nodes, source, positions } = error instanceof GraphQLError ? error : ({} as Partial<GraphQLError>);
  const { message } = error as Error;
  return new GraphQLError(message, { nodes, source, positions, originalError: error as Error, extensions: { code } });
}
