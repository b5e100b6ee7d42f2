// The GraphQL service that every transport serves: one schema, one set of limits, one way to mask errors.

import {
  type DocumentNode,
  type ExecutionArgs,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
} from 'graphql';
import type { Logger } from 'pino';
import { type ActorIdentity, LoaderScope, type RequestContext } from '../core/context.ts';
import { NO_TELEMETRY, type Telemetry } from '../core/telemetry.ts';
import type { Features } from '../features/index.ts';
import { VariableCoercer } from './coerce-variables.ts';
import { type CompilerLimits, DEFAULT_COMPILER_LIMITS } from './compiled-queries.ts';
import { CostLimit } from './cost.ts';
import { coded, Documents } from './documents.ts';
import { type ErrorFormatter, errorFormatter } from './errors.ts';
import { Executor } from './executor.ts';
import { limitRules, type QueryLimits } from './limits.ts';
import { buildGraphSchema } from './schema.ts';

export interface GraphRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** What to execute. */
export type Prepared = ExecutionArgs & { readonly contextValue: RequestContext };

export interface GraphServiceOptions {
  readonly telemetry?: Telemetry | undefined;
  readonly compiler?: Partial<CompilerLimits> | undefined;
}

export class GraphService {
  readonly telemetry: Telemetry;
  readonly schema: GraphQLSchema;
  readonly executor: Executor;
  readonly formatError: ErrorFormatter;
  readonly documents: Documents;
  private readonly cost: CostLimit;
  /** The contexts of requests that are left to graphql-js. */
  private readonly left = new WeakSet<RequestContext>();

  constructor(
    private readonly features: Features,
    limits: QueryLimits,
    log: Logger,
    { telemetry = NO_TELEMETRY, compiler }: GraphServiceOptions = {},
  ) {
    this.telemetry = telemetry;
    this.schema = buildGraphSchema(features.resolvers);
    const coercer = new VariableCoercer(this.schema);
    this.executor = new Executor(this.schema, { ...DEFAULT_COMPILER_LIMITS, ...compiler }, coercer);
    this.formatError = errorFormatter(log, (code) => telemetry.failed(code));
    this.documents = new Documents(this.schema, limitRules(limits));
    this.cost = new CostLimit(this.schema, limits.maxCost, coercer);
  }

  contextFor(actor: ActorIdentity): RequestContext {
    return { actor, loaders: new LoaderScope(this.features.loaders) };
  }

  /**
   * The answer to a request whose document is valid, as clients see it; undefined where graphql-js has to give it, and
   * so its errors their form and status. Where it was so once, it is for the same context without trying again.
   */
  async answer(request: Omit<Prepared, 'schema'>): Promise<FormattedExecutionResult | undefined> {
    if (this.left.has(request.contextValue)) return undefined;
    const answer = await this.executor.answer(request);
    if (!answer) this.left.add(request.contextValue);
    if (!answer?.errors) return answer;
    const { errors, ...rest } = answer;
    return { errors: errors.map(this.formatError), ...rest };
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
    this.cost.check(document, operation, variables);
  }

  /**
   * Reads and checks a request as the HTTP endpoint does, for what does not go through the pipeline of that.
   * @returns what to execute, or why not
   */
  prepare(request: GraphRequest, actor: ActorIdentity): Prepared | readonly GraphQLError[] {
    const document = this.documents.read(request.query);
    return 'length' in document ? document : this.prepareDocument(document, request, actor);
  }

  /** The same for a request whose document is valid. */
  prepareDocument(
    document: DocumentNode,
    request: GraphRequest,
    actor: ActorIdentity,
  ): Prepared | readonly GraphQLError[] {
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
