// What a run did, as a table.

import type { ChaosCounts } from './chaos.ts';
import type { LoggedEvent } from './event.ts';
import type { Operation, Outcome } from './operation.ts';
import type { Look } from './readers.ts';
import type { RunOptions } from './run.ts';
import type { Subscriber } from './subscribers.ts';

export interface Done {
  readonly options: RunOptions;
  readonly operations: readonly Operation[];
  readonly chaos: ChaosCounts;
  readonly log: readonly LoggedEvent[];
  readonly subscribers: readonly Subscriber[];
  readonly looks: readonly Look[];
}

export function tableOf({ options, operations, chaos, log, subscribers, looks }: Done): string {
  const { database, seed, seconds, servers, writers } = options;
  const count = (outcome: Outcome) => operations.filter((operation) => operation.outcome === outcome).length;
  const gatesThat = (added: boolean) =>
    log.filter((event) => event.type === 'PROMOTION_GATE_CHANGED' && event.added === added).length;
  const connections = subscribers.reduce((sum, { segments }) => sum + segments.length, 0);
  const received = subscribers
    .flatMap(({ segments }) => segments)
    .reduce((sum, segment) => sum + segment.received.length, 0);
  const rows: [string, string][] = [
    ['database', database],
    ['seed', String(seed)],
    ['seconds', String(seconds)],
    ['servers, writers, subscribers', `${servers}, ${writers}, ${subscribers.length}`],
    ['mutations acknowledged', String(count('acknowledged'))],
    ['mutations refused', String(count('refused'))],
    ['promotions blocked by gates', String(operations.filter(({ blockings }) => blockings.length > 0).length)],
    ['gates added, removed', `${gatesThat(true)}, ${gatesThat(false)}`],
    ['mutations of unknown outcome', String(count('unknown'))],
    ['sent more than once', String(operations.filter(({ attempts }) => attempts > 1).length)],
    ['events', String(log.length)],
    ['connections of subscribers', String(connections)],
    ['events received', String(received)],
    ['reads', String(looks.length)],
    ['servers killed, ended, frozen', `${chaos.serversKilled}, ${chaos.serversEnded}, ${chaos.serversFrozen}`],
    ['database nodes killed, back', `${chaos.nodesKilled}, ${chaos.nodesReturned}`],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`).join('\n');
}
