// Where OpenLineage clients send their events: one, or a list of them, as JSON that may be compressed with gzip.

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { ActorIdentity } from '../core/context.ts';
import { DomainError, type DomainErrorCode } from '../core/errors.ts';
import { ACTOR_HEADER, actorFromHeader } from './actor.ts';

const ENDPOINT = '/api/v1/lineage';
/** Of one event as it is sent, and as it is once it is unpacked. */
export const MAX_EVENT_BYTES = 8 * 1024 * 1024;
/** Of a list of events, likewise. */
const MAX_BATCH_BYTES = 32 * 1024 * 1024;

const STATUS: Readonly<Record<DomainErrorCode, number>> = {
  BAD_USER_INPUT: 422,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  CURSOR_EXPIRED: 410,
  UNAVAILABLE: 503,
};

/** What takes in the events. Errors of the domain say why one is refused; their details may list `problems`. */
export interface LineageReceiver {
  /** Who events come from where the request names nobody. */
  readonly actor: ActorIdentity;
  receive(actor: ActorIdentity, event: unknown): Promise<void>;
  receiveBatch(
    actor: ActorIdentity,
    events: unknown,
  ): Promise<{
    readonly received: number;
    readonly refused: readonly { readonly index: number; readonly error: DomainError }[];
  }>;
}

/** One thing that is wrong with a request; `pointer` is the JSON Pointer of what it is about. */
interface ErrorAnswer {
  readonly message: string;
  readonly extensions: { readonly code: string; readonly pointer?: string };
}

const unpack = promisify(gunzip);

/** Serves `POST /api/v1/lineage` and `POST /api/v1/lineage/batch`. */
export async function serveOpenLineage(
  app: FastifyInstance,
  receiver: LineageReceiver,
  onRequest: onRequestHookHandler,
): Promise<void> {
  // A scope of its own, since the bodies are read in another way than elsewhere.
  await app.register(async (scope) => {
    scope.addHook('onRequest', onRequest);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    const readsGzip = { config: { readsGzip: true } };
    scope.post(ENDPOINT, { ...readsGzip, bodyLimit: MAX_EVENT_BYTES }, async (request, reply) => {
      const problem = await refusalOf(async () => {
        const event = await readJson(request, MAX_EVENT_BYTES);
        await receiver.receive(actorOf(request, receiver), event);
      });
      return problem ? reply.code(problem.status).send({ errors: problem.errors }) : reply.code(201).send();
    });
    scope.post(`${ENDPOINT}/batch`, { ...readsGzip, bodyLimit: MAX_BATCH_BYTES }, async (request, reply) => {
      const problem = await refusalOf(async () => {
        const events = await readJson(request, MAX_BATCH_BYTES);
        const { received, refused } = await receiver.receiveBatch(actorOf(request, receiver), events);
        const successful = received - refused.length;
        reply.send({
          status: refused.length === 0 ? 'success' : successful === 0 ? 'failure' : 'partial_success',
          summary: { received, successful, failed: refused.length, retriable: 0, non_retriable: refused.length },
          failed_events: refused.map(({ index, error }) => ({
            index,
            reason: error.message,
            retriable: false,
            errors: errorsOf(error),
          })),
        });
      });
      return problem ? reply.code(problem.status).send({ errors: problem.errors }) : reply;
    });
  });
}

/** Runs the work. @returns what to answer where it is refused */
async function refusalOf(
  work: () => Promise<void>,
): Promise<{ readonly status: number; readonly errors: readonly ErrorAnswer[] } | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) return { status: STATUS[error.code], errors: errorsOf(error) };
    if (!(error instanceof UnreadableBody)) throw error;
    return { status: error.status, errors: [{ message: error.message, extensions: { code: 'BAD_REQUEST' } }] };
  }
}

function errorsOf({ code, message, details }: DomainError): ErrorAnswer[] {
  const problems = details?.problems as readonly { readonly pointer: string; readonly message: string }[] | undefined;
  if (!problems) return [{ message, extensions: { code } }];
  return problems.map(({ pointer, message: problem }) => ({
    message: `${pointer === '' ? 'The event' : pointer} ${problem}.`,
    extensions: { code, pointer },
  }));
}

function actorOf({ headers }: FastifyRequest, { actor }: LineageReceiver): ActorIdentity {
  const header = headers[ACTOR_HEADER];
  return header === undefined || header === '' ? actor : actorFromHeader(header);
}

/** @throws UnreadableBody */
async function readJson({ headers, body }: FastifyRequest, limit: number): Promise<unknown> {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const plain = (headers['content-encoding'] ?? 'identity') === 'gzip' ? await unpackWithin(bytes, limit) : bytes;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch {
    throw new UnreadableBody(400, 'The body is not valid UTF-8.');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableBody(400, `The body is not valid JSON: ${(error as Error).message}`);
  }
}

async function unpackWithin(bytes: Buffer, limit: number): Promise<Buffer> {
  try {
    return await unpack(bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new UnreadableBody(413, `The body is larger than ${limit} bytes once it is unpacked.`);
    }
    throw new UnreadableBody(400, 'The body is not what gzip makes, though its content-encoding says so.');
  }
}

class UnreadableBody extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
