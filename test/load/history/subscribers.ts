// Subscribers that lose their connection at random and resume on another server, and pagers that read on from a cursor.

import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Random } from '../../support/random.ts';
import { ask, unexpectedErrors } from './client.ts';
import { EVENTS_FOLLOWED, EVENTS_PAGE, type EventSelection, isSelected, type LoggedEvent } from './event.ts';
import type { Findings } from './findings.ts';
import { pause } from './pause.ts';

/** What came over one connection. */
interface Segment {
  /** Where it began: a cursor of something received before, or of the log's start. */
  readonly after: string;
  readonly received: LoggedEvent[];
}

export interface Subscriber {
  readonly name: string;
  readonly transport: 'socket' | 'pages';
  readonly selection: EventSelection;
  readonly segments: Segment[];
}

const STREAM = "a subscriber's stream is the log, in order, doubled only at a resume";
const PAGE_PAUSE_MS = 100;
const RESUME_PAUSE_MS = 200;
/** Errors that a subscription may end with while servers and the database come and go. */
const TEMPORARY = 'UNAVAILABLE';

/** Follows the log from a cursor on, over one connection after the other. */
export async function subscribe(
  subscriber: Subscriber,
  urls: readonly string[],
  start: string,
  random: Random,
  stop: AbortSignal,
): Promise<void> {
  const { segments, transport } = subscriber;
  let after = start;
  while (!stop.aborted) {
    const segment: Segment = { after, received: [] };
    segments.push(segment);
    const ending = AbortSignal.any([stop, AbortSignal.timeout(random.between(100, 5_000))]);
    const follow = transport === 'socket' ? overSocket : inPages;
    await follow(subscriber, segment, random.pick(urls), random, ending);
    after = resumePoint(segment, random);
    await pause(random.between(0, RESUME_PAUSE_MS), stop);
  }
}

/** Mostly the last event that came; now and then one before it, as of a client that had not finished with what came since. */
function resumePoint({ after, received }: Segment, random: Random): string {
  const known = [after, ...received.map(({ cursor }) => cursor)];
  return known[Math.max(0, known.length - 1 - (random.chance(0.3) ? random.between(0, 20) : 0))] ?? after;
}

async function overSocket(
  { selection, name }: Subscriber,
  { after, received }: Segment,
  url: string,
  random: Random,
  ending: AbortSignal,
): Promise<void> {
  const sockets: WebSocket[] = [];
  const client: Client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols);
        sockets.push(this);
        // One that is ended before it is open says so here.
        this.on('error', () => undefined);
      }
    },
    retryAttempts: 0,
    lazyCloseTimeout: 0,
  });
  const isAbrupt = random.chance(0.5);
  await new Promise<void>((resolve) => {
    let unsubscribe: () => void = () => undefined;
    const end = () => {
      ending.removeEventListener('abort', leave);
      resolve();
    };
    const leave = () => {
      if (isAbrupt) for (const socket of sockets) socket.terminate();
      else unsubscribe();
      end();
    };
    unsubscribe = client.subscribe<{ events: LoggedEvent }>(
      { query: EVENTS_FOLLOWED, variables: { after, filter: selection } },
      {
        next: ({ data, errors }) => {
          // What comes after it has left was on its way, and is not received.
          if (data && !ending.aborted) received.push(data.events);
          note(errors, name);
        },
        error: (error) => {
          note(error, name);
          end();
        },
        complete: end,
      },
    );
    ending.addEventListener('abort', leave, { once: true });
    if (ending.aborted) leave();
  });
  // It fails where the connection never came about.
  await Promise.resolve(client.dispose()).catch(() => undefined);
}

async function inPages(
  { selection }: Subscriber,
  { after, received }: Segment,
  url: string,
  random: Random,
  ending: AbortSignal,
): Promise<void> {
  while (!ending.aborted) {
    const variables = { after: received.at(-1)?.cursor ?? after, first: random.between(1, 200), filter: selection };
    const answer = await ask(url, EVENTS_PAGE, variables);
    if (answer.is !== 'done') return;
    received.push(...answer.data.events.nodes);
    if (answer.data.events.nodes.length < variables.first) await pause(PAGE_PAUSE_MS, ending);
  }
}

/** Remembers errors of operations that servers and databases that come and go do not explain. */
function note(errors: unknown, name: string): void {
  if (!Array.isArray(errors)) return;
  for (const { message, extensions } of errors) {
    if (extensions?.code === TEMPORARY) continue;
    const what = `${name}: ${extensions?.code}: ${message}`;
    unexpectedErrors.set(what, (unexpectedErrors.get(what) ?? 0) + 1);
  }
}

/** Whether the newest connection has come to the end of the log. */
export function hasArrived({ selection, segments }: Subscriber, log: readonly LoggedEvent[]): boolean {
  const last = log.findLast((event) => isSelected(selection, event));
  const segment = segments.at(-1);
  return !last || (segment?.received.at(-1)?.cursor ?? segment?.after) === last.cursor;
}

/** @param start the cursor before the first event */
export function checkStream(
  subscriber: Subscriber,
  start: string,
  log: readonly LoggedEvent[],
  findings: Findings,
): void {
  const { name, selection, segments } = subscriber;
  const selected = log.filter((event) => isSelected(selection, event));
  const texts = selected.map((event) => JSON.stringify(event));
  const places = new Map([[start, 0], ...selected.map(({ cursor }, index) => [cursor, index + 1] as const)]);
  for (const [index, { after, received }] of segments.entries()) {
    const from = places.get(after) ?? Number.NaN;
    const wrong = received.findIndex((event, place) => JSON.stringify(event) !== texts[from + place]);
    findings.checked(STREAM, received.length);
    if (wrong < 0) continue;
    const { position } = received[wrong] as LoggedEvent;
    findings.violation(
      STREAM,
      `${name}, connection ${index + 1}: the event number ${wrong + 1} after ${after} is that of position ${position}, expected ${texts[from + wrong]}`,
    );
  }
  findings.expect(STREAM, hasArrived(subscriber, log), () => {
    const last = segments.findLast(({ received }) => received.length > 0)?.received.at(-1);
    return `${name} ends at position ${last?.position}, the log at ${log.at(-1)?.position}`;
  });
}
