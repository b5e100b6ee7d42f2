// `modelgraph demo`: a registry of its own, filled by training real models through its public API, and served.

import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Config, ConfigError } from '../config.ts';
import { queriesToTry } from './demo/queries-to-try.ts';
import { trainDemo } from './demo/train-demo.ts';
import type { Host } from './host.ts';
import { announce } from './serve.ts';
import { untilSignal } from './until-signal.ts';

/**
 * The configuration of the demo: a folder of its own, so that the registry beside it stays empty.
 * @throws ConfigError where a database was named and `--force` was not
 */
export function demoConfig(config: Config, isForced: boolean): Config {
  const dataDir = join(config.dataDir, 'demo');
  if (!config.isDatabaseGiven)
    return { ...config, dataDir, database: { kind: 'sqlite', path: join(dataDir, 'modelgraph.db') } };
  if (!isForced)
    throw new ConfigError('DATABASE_URL names a database, and the demo would write into it; add --force to let it.');
  return { ...config, dataDir };
}

/** Serves while it trains, then until a signal comes. @returns the exit code */
export async function demo(host: Host, config: Config, log: Logger): Promise<number> {
  const app = await host.startApp(config, log);
  announce(app, config, log);
  let isEnding = false;
  const ended = untilSignal(async () => {
    isEnding = true;
    await app.close();
  }, log);
  const trained = train(`${app.url}/graphql`, config).catch(async (error: unknown) => {
    // Asked to end while it was training: what it has made stays, and the next demo goes on from there.
    if (isEnding) return;
    await app.close();
    throw error;
  });
  await Promise.race([ended, trained.then(() => ended)]);
  return 0;
}

async function train(endpoint: string, config: Config): Promise<void> {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const summary = await trainDemo({
    endpoint,
    progress: (line) => print(`  ${line}`),
    modelsFolder: join(config.dataDir, 'models'),
  });
  print(
    summary.newRuns > 0
      ? `\nTrained ${summary.newRuns} runs in ${(summary.durationMs / 1000).toFixed(1)} s.`
      : '\nThe demo is there already.',
  );
  for (const { experiment, model, versions, champion } of summary.experiments) {
    print(`  ${experiment}: ${model} has ${versions} versions; ${champion} is its champion.`);
  }
  print('\nThree queries to try:');
  for (const { question, query } of queriesToTry) print(`\n# ${question}\n${query}`);
  print('\nCtrl-C ends it.');
}
