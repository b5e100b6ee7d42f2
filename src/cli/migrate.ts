// `modelgraph migrate`: the schema up to date, or a report of how it differs.

import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { describeAddress } from '../database/address.ts';
import type { Host } from './host.ts';

/** @returns the exit code: 1 where `--check` found a difference */
export async function migrateDatabase(host: Host, config: Config, log: Logger, isCheck: boolean): Promise<number> {
  const registry = await host.openRegistry(config, log, { migrate: isCheck ? 'never' : 'first' });
  try {
    const differences = await registry.drift();
    if (differences.length === 0) {
      process.stdout.write(`The schema of ${describeAddress(config.database)} is up to date.\n`);
      return 0;
    }
    process.stderr.write(`The schema of ${describeAddress(config.database)} differs from what is expected:\n`);
    for (const statement of differences) process.stderr.write(`  ${statement}\n`);
    return 1;
  } finally {
    await registry.close();
  }
}
