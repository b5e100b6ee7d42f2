// `modelgraph serve`: the server, until it is told to end.

import type { Logger } from 'pino';
import { type Config, isLoopback } from '../config.ts';
import { describeAddress } from '../database/address.ts';
import type { Host, ServedRegistry } from './host.ts';
import { returnMemorySoon } from './return-memory.ts';
import { untilSignal } from './until-signal.ts';

/** Serves until a signal comes. @returns the exit code */
export async function serve(host: Host, config: Config, log: Logger): Promise<number> {
  const app = await host.startApp(config, log);
  announce(app, config, log);
  returnMemorySoon();
  await untilSignal(app.close, log);
  return 0;
}

/**
 * Tells where the server is, and that it stays: graphql-js leaves a rejection to nobody where a list fails both at once
 * and later (https://github.com/graphql/graphql-js/pull/3761), which must not end what others are asking.
 */
export function announce(app: ServedRegistry, config: Config, log: Logger): void {
  if (!isLoopback(config.host)) {
    log.warn({ host: config.host }, 'others can reach this server, and nobody has to prove who they are');
  }
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a rejection that nobody handles'));
  log.info({ database: describeAddress(config.database) }, 'ready');
  process.stdout.write(
    `GraphiQL   ${app.url}/\nGraphQL    ${app.url}/graphql\nWebSocket  ${app.url.replace(/^http/, 'ws')}/graphql\n`,
  );
}
