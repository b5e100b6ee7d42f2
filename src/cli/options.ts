// The flags of the configuration: every variable has one of the same name.

import { type Command, InvalidArgumentError, Option } from 'commander';
import { readStageMap } from '../adapters/dvc/gto/stage-map.ts';
import { type Config, readConfig, VARIABLES, type VariableName } from '../config.ts';
import { DomainError } from '../core/errors.ts';
import { checkName } from '../core/text.ts';

/** `MODELGRAPH_DATA_DIR` is `--modelgraph-data-dir`, and for short `--data-dir`. */
function flagsOf(name: VariableName): string {
  const long = `--${name.toLowerCase().replaceAll('_', '-')}`;
  const short = long.replace('--modelgraph-', '--');
  return short === long ? `${long} <value>` : `${short}, ${long} <value>`;
}

/** Adds the flags of some variables to a command. */
export function addConfigOptions(command: Command, names: readonly VariableName[]): Command {
  for (const name of names) {
    const { help, default: fallback } = VARIABLES[name];
    const option = new Option(flagsOf(name), `${help} (${name}${fallback === '' ? '' : `, default ${fallback}`})`);
    command.addOption(option);
  }
  return command;
}

/** The configuration of a command: its flags before the environment. @throws ConfigError */
export function configFrom(
  command: Command,
  names: readonly VariableName[],
  override: Partial<Record<VariableName, string>> = {},
): Config {
  const given = command.opts<Record<string, string | undefined>>();
  const flags: Partial<Record<VariableName, string>> = { ...override };
  for (const name of names) {
    const attribute = new Option(flagsOf(name)).attributeName();
    const value = given[attribute];
    if (value !== undefined) flags[name] = value;
  }
  return readConfig(flags);
}

/** Collects `--stage name=STAGE`, each checked. */
export function stageOption(option: string, collected: readonly string[]): string[] {
  return checked(() => {
    readStageMap([option]);
    return [...collected, option];
  });
}

export function experimentName(name: string): string {
  return checked(() => checkName(name, '--experiment', 'experimentName'));
}

/** What a check gives; where it fails, the error is one of the command line. */
function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof DomainError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

export const DATABASE_VARIABLES: readonly VariableName[] = [
  'MODELGRAPH_DATA_DIR',
  'DATABASE_URL',
  'DATABASE_WAIT_SECONDS',
  'SQLITE_SYNCHRONOUS',
  'LOG_LEVEL',
];

export const SERVER_VARIABLES: readonly VariableName[] = [
  'HOST',
  'PORT',
  ...DATABASE_VARIABLES,
  'REDIS_URL',
  'MAX_QUERY_COST',
  'MAX_QUERY_DEPTH',
  'EVENT_RETENTION_DAYS',
  'ALLOWED_ORIGINS',
  'MAX_WEBSOCKET_MESSAGE_BYTES',
  'MAX_SOCKETS_PER_ADDRESS',
  'MAX_SUBSCRIPTIONS_PER_SOCKET',
  'SUBSCRIBER_STALL_SECONDS',
  'SUBSCRIBER_MAX_LAG',
  'METRICS',
  'MODELGRAPH_ALLOW_UNAUTHENTICATED',
];
