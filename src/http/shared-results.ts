// Work that subscribers share: the same operation on the same event is executed once, and its answer encoded once.

import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { RequestContext } from '../core/context.ts';
import { Unavailable } from '../core/errors.ts';
import type { OperationStart } from '../core/telemetry.ts';
import { rootCause } from '../graphql/errors.ts';
import { identityOfArgs } from '../graphql/operation.ts';
import type { GraphService } from '../graphql/service.ts';

/** How many answers a group keeps: its subscribers are at much the same place in the log. */
const ANSWERS_KEPT = 64;

/** Who wants an answer that is being found; neither function may throw. */
export interface AnswerWaiter {
  onAnswer(answer: Buffer): void;
  onFailure(error: unknown): void;
}

/** Subscribers of the same document, operation name and variables. Everyone may see everything, so rights are the same. */
export class SharedResults {
  /** Answers, and in the place of one that is not known yet, who waits for it. */
  private readonly answers = new Map<object, Buffer | AnswerWaiter[]>();
  /** How often something was executed. */
  executions = 0;

  /** How an answer is told of. */
  private readonly start: OperationStart;

  constructor(
    private readonly graph: GraphService,
    private readonly args: ExecutionArgs,
  ) {
    const operation = identityOfArgs(args);
    this.start = { via: 'event', ...(operation && { operation }) };
  }

  /**
   * The answer to one event, as JSON in UTF-8, where it is known; otherwise `waiter` is told later. Its failure is
   * Unavailable where the database could not be reached for it.
   */
  answerTo(event: object, waiter: AnswerWaiter): Buffer | undefined {
    const known = this.answers.get(event);
    if (known && !Array.isArray(known)) return known;
    if (known) known.push(waiter);
    else void this.find(event, [waiter]);
    return undefined;
  }

  private async find(event: object, waiters: AnswerWaiter[]): Promise<void> {
    this.answers.set(event, waiters);
    if (this.answers.size > ANSWERS_KEPT) {
      const [oldest] = this.answers.keys();
      if (oldest) this.answers.delete(oldest);
    }
    try {
      const answer = await this.graph.telemetry.operation(this.start, () => this.execute(event));
      if (this.answers.get(event) === waiters) this.answers.set(event, answer);
      for (const waiter of waiters) waiter.onAnswer(answer);
    } catch (error) {
      // A failure is no answer: whoever comes back for the event has it looked up anew.
      if (this.answers.get(event) === waiters) this.answers.delete(event);
      for (const waiter of waiters) waiter.onFailure(error);
    }
  }

  /** Counts an answer that a subscriber was sent. */
  delivered(): void {
    this.graph.telemetry.count('eventDelivered');
  }

  private async execute(event: object): Promise<Buffer> {
    this.executions++;
    const context = this.args.contextValue as RequestContext;
    // A context lives as long as its subscription; what was loaded for one event must not answer for the next.
    const contextValue = { ...context, loaders: context.loaders.renewed() };
    const result: ExecutionResult = await this.graph.executor.execute({
      ...this.args,
      rootValue: event,
      contextValue,
    });
    const { errors, ...rest } = result;
    // An answer without its data would pass the event over: the subscription ends instead, and resumes before it.
    const unavailable = errors?.map(rootCause).find((cause) => cause instanceof Unavailable);
    if (unavailable) throw unavailable;
    return Buffer.from(JSON.stringify(errors ? { ...rest, errors: errors.map(this.graph.formatError) } : rest));
  }
}

interface SharingGroup {
  /** The same text for all its members, which would keep one each. */
  readonly key: string;
  readonly results: SharedResults;
  members: number;
}

/** The groups that have subscribers. */
export class SharingGroups {
  private readonly groups = new Map<string, SharingGroup>();
  /** What {@link variablesOfAnswer} found: documents are shared, too. */
  private readonly variables = new WeakMap<DocumentNode, ReadonlySet<string>>();

  constructor(private readonly graph: GraphService) {}

  /** @returns the group of an operation, and what leaves it */
  join(query: string, args: ExecutionArgs): { readonly results: SharedResults; readonly leave: () => void } {
    const uncount = this.graph.telemetry.join('subscriptions');
    const group = this.groupOf(this.sharingKey(query, args), args);
    group.members++;
    let isMember = true;
    const leave = () => {
      if (!isMember) return;
      isMember = false;
      uncount();
      if (--group.members === 0) this.groups.delete(group.key);
    };
    return { results: group.results, leave };
  }

  private groupOf(key: string, args: ExecutionArgs): SharingGroup {
    const known = this.groups.get(key);
    if (known) return known;
    const group = { key, results: new SharedResults(this.graph, args), members: 0 };
    this.groups.set(key, group);
    return group;
  }

  /**
   * What the answer to an event depends on. The arguments of the subscription's own field decide which events come, not
   * how one is answered: those who resume from different cursors, or filter differently, still share.
   */
  private sharingKey(query: string, { document, operationName, variableValues }: ExecutionArgs): string {
    const used = this.variables.get(document) ?? variablesOfAnswer(document);
    this.variables.set(document, used);
    const values = Object.entries(variableValues ?? {})
      .filter(([name]) => used.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify([query, operationName ?? null, values]);
  }
}

function variablesOfAnswer(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  const rootFields = new Set<unknown>(
    document.definitions
      .filter((definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION)
      .flatMap(({ selectionSet }) => selectionSet.selections),
  );
  visit(document, {
    VariableDefinition: () => false,
    Argument: (_node, _key, _parent, _path, ancestors) => (rootFields.has(ancestors.at(-1)) ? false : undefined),
    Variable: ({ name }) => {
      names.add(name.value);
    },
  });
  return names;
}
