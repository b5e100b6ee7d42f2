// `modelgraph import` run as it is typed, on a database of its own.

import { jest } from '@jest/globals';
import * as app from '../../src/app.ts';
import { run } from '../../src/cli/program.ts';
import { freshDatabase } from './registry.ts';

export interface Ended {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one of its commands once for each list of arguments. */
export async function importing(command: string, ...calls: readonly (readonly string[])[]): Promise<Ended[]> {
  const database = await freshDatabase();
  try {
    const ended: Ended[] = [];
    for (const args of calls) {
      const [out, err] = [captured(process.stdout), captured(process.stderr)];
      const flags = ['--database-url', database.url, '--log-level', 'silent'];
      const exitCode = await run(['import', command, ...args, ...flags], app);
      ended.push({ exitCode, out: out(), err: err() });
      jest.restoreAllMocks();
    }
    return ended;
  } finally {
    await database.remove();
  }
}

/** Keeps what is written to a stream of the process. */
function captured(stream: NodeJS.WriteStream): () => string {
  const written = jest.spyOn(stream, 'write').mockReturnValue(true);
  return () => written.mock.calls.map(([text]) => String(text)).join('');
}
