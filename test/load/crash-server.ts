// The built server as a process of its own, which can be killed at any moment.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, '../../dist/main.js');

export class ServerProcess {
  private readonly process: ChildProcess;
  private printed = '';

  constructor(dataDir: string) {
    if (!existsSync(PROGRAM)) throw new Error('There is no built server: run npm run build:server first.');
    const args = [PROGRAM, 'serve', '--port', '0', '--data-dir', dataDir, '--log-level', 'error'];
    // What is compiled is kept from one life to the next: most of a short one is spent on that.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'modelgraph-compiled') };
    this.process = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.printed += chunk.toString();
      });
    }
  }

  /** The address, once the server answers there. @throws where it ended instead, with what it printed */
  async url(): Promise<string> {
    for (;;) {
      const url = /GraphQL\s+(\S+)\n/.exec(this.printed)?.[1];
      if (url) return url;
      if (this.hasEnded) throw new Error(`The server ended before it was ready: ${this.printed}`);
      await Promise.race([once(this.process, 'exit'), once(this.process.stdout as NodeJS.ReadableStream, 'data')]);
    }
  }

  /** Ends it as a power cut would, with no chance to tidy up. */
  async kill(): Promise<void> {
    if (this.hasEnded) throw new Error(`The server ended by itself: ${this.printed}`);
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
  }

  /** Ends it as Ctrl-C does. */
  async stop(): Promise<void> {
    this.process.kill('SIGINT');
    const [code] = await once(this.process, 'exit');
    if (code !== 0) throw new Error(`The server ended with ${code}: ${this.printed}`);
  }

  private get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }
}
