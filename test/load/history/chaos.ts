// Servers and database nodes that end at random moments, and come back.

import type { DatabaseNode } from '../../support/mariadb.ts';
import type { Random } from '../../support/random.ts';
import { pause } from './pause.ts';
import type { ServerProcess } from './servers.ts';

/** What was done to them. */
export interface ChaosCounts {
  serversKilled: number;
  serversEnded: number;
  serversFrozen: number;
  nodesKilled: number;
  nodesReturned: number;
}

/** When the first database node ends: early, so that a short run has it too. */
const FIRST_NODE_MS: readonly [number, number] = [3_000, 6_000];
/** How long a node that came back is left alone. */
const BETWEEN_NODES_MS: readonly [number, number] = [4_000, 12_000];

export class Chaos {
  readonly counts: ChaosCounts = {
    serversKilled: 0,
    serversEnded: 0,
    serversFrozen: 0,
    nodesKilled: 0,
    nodesReturned: 0,
  };
  /** What happened when, for whoever has to understand a violation. */
  readonly diary: string[] = [];
  private readonly startedAt = performance.now();

  /** Disturbs servers until told to stop, and brings back whom it disturbed. */
  async disturbServers(servers: readonly ServerProcess[], random: Random, stop: AbortSignal): Promise<void> {
    for (;;) {
      await pause(random.between(300, 4_000), stop);
      if (stop.aborted) return;
      const server = random.pick(servers);
      const how = random.pick(['kill', 'kill', 'kill', 'end', 'freeze'] as const);
      this.note(`${how} ${server.name}`);
      if (how === 'freeze') {
        this.counts.serversFrozen++;
        server.freeze();
        await pause(random.between(200, 2_000), stop);
        server.thaw();
        continue;
      }
      if (how === 'kill') {
        this.counts.serversKilled++;
        await server.kill();
      } else {
        this.counts.serversEnded++;
        await server.end();
      }
      await pause(random.between(0, 1_000), stop);
      await server.start();
      this.note(`${server.name} is back`);
    }
  }

  /** Kills one node at a time, and the next only when the last is back. */
  async disturbDatabase(nodes: readonly DatabaseNode[], random: Random, stop: AbortSignal): Promise<void> {
    await pause(random.between(...FIRST_NODE_MS), stop);
    while (!stop.aborted) {
      const node = random.pick(nodes);
      this.note(`kill ${node.name}`);
      this.counts.nodesKilled++;
      await node.kill();
      await pause(random.between(500, 3_000));
      await node.restart();
      this.counts.nodesReturned++;
      this.note(`${node.name} is back`);
      await pause(random.between(...BETWEEN_NODES_MS), stop);
    }
  }

  private note(what: string): void {
    this.diary.push(`${Math.round(performance.now() - this.startedAt)} ms: ${what}`);
  }
}
