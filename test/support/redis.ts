// A Redis server of a test's own on a free port: started, ended, frozen, and started again on the same port.

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ChildProgram } from './child-program.ts';
import { freePorts } from './free-ports.ts';

const START_LIMIT_MS = 10_000;

/** Whether this machine has the program. */
export const hasRedis = (process.env.PATH ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'redis-server')));

export class RedisServer {
  private program: ChildProgram | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  /** Reserves a port; nothing listens there until the start. */
  static async prepare(): Promise<RedisServer> {
    const [port = 0] = await freePorts(1);
    return new RedisServer(await mkdtemp(join(tmpdir(), 'modelgraph-redis-')), port);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(settings: readonly string[] = []): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--dir', this.folder];
    const logFile = join(this.folder, 'redis.log');
    this.program = new ChildProgram('redis-server', [...args, ...settings], { logFile });
    await this.program.until(() => this.answers(), 'Redis', START_LIMIT_MS);
  }

  async kill(): Promise<void> {
    await this.program?.kill();
  }

  /** Leaves it without a moment to do anything, with its connections open. */
  freeze(): void {
    this.program?.signal('SIGSTOP');
  }

  thaw(): void {
    this.program?.signal('SIGCONT');
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ port: this.port, host: '127.0.0.1' });
      socket.once('error', () => resolve(false));
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
    });
  }
}
