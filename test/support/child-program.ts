// A program that a test starts and ends by its process id, with what it prints in a file.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** Those that run: however this process ends, they end with it. */
const running = new Set<ChildProgram>();
process.on('exit', () => {
  for (const program of running) program.signal('SIGKILL');
});

export interface ProgramOptions {
  /** Where its output is added. */
  readonly logFile: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export class ChildProgram {
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;
  private readonly logFile: string;

  constructor(command: string, args: readonly string[], { logFile, environment }: ProgramOptions) {
    this.logFile = logFile;
    const output = openSync(logFile, 'a');
    // A process group of its own, so that what it starts ends with it.
    this.child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...process.env, ...environment },
    });
    closeSync(output);
    this.exited = once(this.child, 'exit').catch(() => undefined);
    this.child.on('error', () => undefined);
    running.add(this);
    void this.exited.then(() => running.delete(this));
  }

  get isRunning(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Sends a signal to it and to what it started. */
  signal(name: NodeJS.Signals): void {
    if (!this.isRunning || this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, name);
    } catch {
      // It went in between.
    }
  }

  /** Ends it at once, and waits until it is gone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    if (this.child.pid !== undefined) await this.exited;
  }

  /** Asks it to end, and ends it where it does not within the limit. */
  async end(limitMs: number): Promise<void> {
    this.signal('SIGTERM');
    const impatience = setTimeout(() => this.signal('SIGKILL'), limitMs);
    if (this.child.pid !== undefined) await this.exited;
    clearTimeout(impatience);
  }

  /** Waits until it has ended by itself. */
  async done(): Promise<void> {
    await this.exited;
  }

  /** Waits until a condition holds. @throws with the end of its output where it ends before, or takes too long */
  async until(isReady: () => boolean | Promise<boolean>, what: string, limitMs: number): Promise<void> {
    const deadline = Date.now() + limitMs;
    while (!(await isReady())) {
      if (!this.isRunning || Date.now() > deadline) {
        const why = this.isRunning ? `took more than ${limitMs / 1000} s` : 'ended';
        throw new Error(`${what} ${why}:\n${readFileSync(this.logFile, 'utf8').slice(-4_000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
