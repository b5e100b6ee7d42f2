// Requests whose document is known: answered without what Apollo would do all over again for each.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ActorIdentity, RequestContext } from '../core/context.ts';
import { Recent } from '../core/recent.ts';
import { identityOfArgs } from '../graphql/operation.ts';
import type { GraphRequest, GraphService, Prepared } from '../graphql/service.ts';
import { ACTOR_HEADER, actorFromHeader } from './actor.ts';

type Head = Readonly<Record<string, string>>;

/** How many forms of the header Accept are told apart. */
const HEADS_KEPT = 100;
/** Of a kept form, so that nobody fills the memory with it. */
const LONGEST_ACCEPT = 500;
/** What goes before an answer and is the same for all of them. */
const HEAD_FIELDS = ['cache-control', 'content-type'];

export class KnownRequests {
  /** What Apollo says before an answer, by what the client accepts. */
  private readonly heads = new Recent<string, Head>(HEADS_KEPT);
  /** Of requests that were tried here, and are left to graphql-js. */
  private readonly contexts = new WeakMap<FastifyRequest, RequestContext>();

  constructor(private readonly graph: GraphService) {}

  /** The text of the answer, as Apollo would give it, with its head set; undefined where Apollo has to give it. */
  async answer(request: FastifyRequest, reply: FastifyReply): Promise<string | undefined> {
    const head = this.heads.get(request.headers.accept ?? '');
    if (!head || request.method !== 'POST') return undefined;
    const prepared = this.prepare(request);
    if (!prepared) return undefined;
    const answer = await this.graph.answer(prepared);
    if (!answer) {
      this.contexts.set(request, prepared.contextValue);
      return undefined;
    }
    reply.headers(head);
    return JSON.stringify(answer);
  }

  /** The context of a request that graphql-js has to answer: its loaders have what was loaded when it was tried. */
  contextOf(request: FastifyRequest): RequestContext | undefined {
    return this.contexts.get(request);
  }

  /** Remembers how Apollo answered. */
  learn({ method, headers: { accept = '' } }: FastifyRequest, reply: FastifyReply): void {
    if (method !== 'POST' || reply.statusCode !== 200) return;
    if (accept.length > LONGEST_ACCEPT || this.heads.get(accept)) return;
    const head = HEAD_FIELDS.flatMap((name) => {
      const value = reply.getHeader(name);
      return value === undefined ? [] : [[name, String(value)] as const];
    });
    this.heads.set(accept, Object.fromEntries(head));
  }

  /** What to execute; undefined where Apollo has to find that out, or what is wrong with it. */
  private prepare({ body, headers }: FastifyRequest): Prepared | undefined {
    const { graph } = this;
    const asked = readBody(body);
    const document = asked && graph.documents.known(asked.query);
    if (!document) return undefined;
    let actor: ActorIdentity;
    try {
      actor = actorFromHeader(headers[ACTOR_HEADER]);
    } catch {
      return undefined;
    }
    const prepared = graph.prepareDocument(document, asked, actor);
    if ('length' in prepared) return undefined;
    const identity = identityOfArgs(prepared);
    if (!identity || identity.type === 'subscription') return undefined;
    graph.telemetry.resolved(identity);
    return prepared;
  }
}

/** What a body asks, where it has nothing but that; undefined for any other, which Apollo finds words for. */
function readBody(body: unknown): GraphRequest | undefined {
  if (!isRecord(body)) return undefined;
  const { query, operationName = null, variables = null, extensions = null } = body;
  if (typeof query !== 'string' || extensions !== null) return undefined;
  if (operationName !== null && typeof operationName !== 'string') return undefined;
  return variables === null || isRecord(variables) ? { query, operationName, variables } : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
