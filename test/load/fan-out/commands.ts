// What the processes of a load measurement say to one another: commands by name, each with an answer.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

interface Question {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

interface Answer {
  readonly id: number;
  readonly output?: unknown;
  readonly error?: string;
}

/** What a process answers, by the name of the command. */
export type Commands = Record<string, (input: never) => unknown>;

type InputOf<C extends Commands, K extends keyof C> = Parameters<C[K]> extends [infer I] ? [I] : [];
type OutputOf<C extends Commands, K extends keyof C> = Awaited<ReturnType<C[K]>>;

/** Answers the commands of the process that started this one, and ends with it. */
export function serveCommands(commands: Commands): void {
  process.on('message', ({ id, name, input }: Question) => {
    const run = async () => commands[name]?.(input as never);
    run().then(
      (output) => process.send?.({ id, output } satisfies Answer),
      (error: Error) => process.send?.({ id, error: error.stack ?? error.message } satisfies Answer),
    );
  });
  process.on('disconnect', () => process.exit());
}

/** Another process, asked by the names of its commands. */
export class CommandedProcess<C extends Commands> {
  private readonly child: ChildProcess;
  private readonly name: string;
  private readonly waiting = new Map<number, { resolve(output: unknown): void; reject(error: Error): void }>();
  private asked = 0;

  constructor(file: string, args: readonly string[] = []) {
    this.name = file;
    this.child = fork(file, args, {
      serialization: 'advanced',
      execArgv: ['--no-warnings', '--expose-gc'],
    });
    this.child.on('message', ({ id, output, error }: Answer) => {
      const caller = this.waiting.get(id);
      this.waiting.delete(id);
      if (error) caller?.reject(new Error(error));
      else caller?.resolve(output);
    });
    this.child.on('exit', (code, signal) => {
      const error = new Error(`${this.name} ended with ${code ?? signal}.`);
      for (const { reject } of this.waiting.values()) reject(error);
      this.waiting.clear();
    });
  }

  ask<K extends keyof C & string>(name: K, ...[input]: InputOf<C, K>): Promise<OutputOf<C, K>> {
    const id = this.asked++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (output: unknown) => void, reject });
      this.child.send({ id, name, input } satisfies Question, (error) => error && reject(error));
    });
  }

  /** Ends it, and waits until it is gone. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }
}
