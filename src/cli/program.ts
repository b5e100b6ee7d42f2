// The command line: its commands, their help, and the exit codes. What a command needs is loaded when it is given.

import { Command, CommanderError } from 'commander';
import { readStageMap } from '../adapters/dvc/gto/stage-map.ts';
import { ConfigError } from '../config.ts';
import { DomainError } from '../core/errors.ts';
import type { ExportRequest } from './export.ts';
import type { Host } from './host.ts';
import { createLog } from './log.ts';
import {
  addConfigOptions,
  configFrom,
  DATABASE_VARIABLES,
  experimentName,
  SERVER_VARIABLES,
  stageOption,
} from './options.ts';

/** 0 done, 1 failed, 2 done in part (imports), 64 wrong use. */
const EXIT = { failed: 1, usage: 64 } as const;

/** Runs one command. @returns the exit code of the process */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  let exitCode = 0;
  const program = buildProgram(host, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
    process.stderr.write(`${explain(error)}\n`);
    return error instanceof ConfigError ? EXIT.usage : EXIT.failed;
  }
}

function buildProgram(host: Host, exit: (code: number) => void): Command {
  const program = new Command('modelgraph')
    .description('A machine-learning model registry as one connected, typed GraphQL graph.')
    .exitOverride()
    .showHelpAfterError('(add --help for what there is)');

  const serveCommand = program.command('serve').description('serve the registry').exitOverride();
  addConfigOptions(serveCommand, SERVER_VARIABLES)
    .addHelpText(
      'after',
      `
Examples:
  modelgraph serve
  modelgraph serve --port 8080 --data-dir /var/lib/modelgraph
  DATABASE_URL=mysql://user:password@db1:3306,db2:3306/modelgraph modelgraph serve`,
    )
    .action(async () => {
      const { serve } = await import('./serve.ts');
      const config = configFrom(serveCommand, SERVER_VARIABLES);
      exit(await serve(host, config, await createLog(config.logLevel)));
    });

  const demoCommand = program
    .command('demo')
    .description('train small models for real, log them, and serve the result')
    .exitOverride();
  addConfigOptions(demoCommand, SERVER_VARIABLES)
    .option('--force', 'write the demo into the database that DATABASE_URL names')
    .addHelpText(
      'after',
      `
The demo has a folder of its own, \`demo\` in the data folder. Started again, it serves what it made.

Examples:
  modelgraph demo
  modelgraph demo --port 0`,
    )
    .action(async ({ force }: { force?: boolean }) => {
      const { demo, demoConfig } = await import('./demo.ts');
      const config = configFrom(demoCommand, SERVER_VARIABLES);
      exit(await demo(host, demoConfig(config, Boolean(force)), await createLog(config.logLevel)));
    });

  const migrateCommand = program.command('migrate').description('bring the database schema up to date').exitOverride();
  addConfigOptions(migrateCommand, DATABASE_VARIABLES)
    .option('--check', 'change nothing; fail where the schema differs from what the program expects')
    .addHelpText(
      'after',
      `
Examples:
  modelgraph migrate
  modelgraph migrate --check --database-url mysql://user:password@db/modelgraph`,
    )
    .action(async ({ check }: { check?: boolean }) => {
      const { migrateDatabase } = await import('./migrate.ts');
      const config = configFrom(migrateCommand, DATABASE_VARIABLES);
      exit(await migrateDatabase(host, config, await createLog(config.logLevel), Boolean(check)));
    });

  const importCommand = program.command('import').description('bring in what another tracker holds').exitOverride();
  const mlflowCommand = importCommand
    .command('mlflow <path>')
    .description('import an MLflow store: an mlruns folder, an mlflow.db, or a folder with either in it')
    .exitOverride();
  addConfigOptions(mlflowCommand, DATABASE_VARIABLES)
    .option('--json', 'print the report for a program')
    .addHelpText(
      'after',
      `
What is there already stays as it is, so an import that was cut off is finished by running it again.
Exits with 0 when everything was read, with 2 when some parts could not be, and with 1 when nothing was imported.

Examples:
  modelgraph import mlflow ./mlruns
  modelgraph import mlflow ./mlflow.db --json > report.json
  modelgraph import mlflow sqlite:///mlflow.db --database-url mysql://user:password@db/modelgraph`,
    )
    .action(async (path: string, { json }: { json?: boolean }) => {
      const { importMlflow } = await import('./import.ts');
      const config = configFrom(mlflowCommand, DATABASE_VARIABLES);
      const log = await createLog(config.logLevel);
      exit(await importMlflow(path, { host, config, log, isJson: Boolean(json) }));
    });

  const dvcCommand = importCommand
    .command('dvc <repository>')
    .description('import a repository that uses DVC and GTO: its folder, or a bare one')
    .exitOverride();
  addConfigOptions(dvcCommand, DATABASE_VARIABLES)
    .option('--experiment <name>', 'the experiment of the runs (default: the name of the repository)', experimentName)
    .option('--stage <name=STAGE>', 'the stage that one of GTO counts as; may be given again', stageOption, [])
    .option('--json', 'print the report for a program')
    .addHelpText(
      'after',
      `
Each stage of a dvc.lock becomes a run, what DVC tracks becomes datasets, and GTO's git tags become versions with their
history. Run it again after new commits and tags: what is there stays, and what is new is added. Nothing is fetched.
Exits with 0 when everything was read, with 2 when some parts could not be, and with 1 when nothing was imported.

Examples:
  modelgraph import dvc .
  modelgraph import dvc ./churn --experiment churn-training
  modelgraph import dvc ./churn.git --stage canary=STAGING --stage eu-prod=PRODUCTION
  modelgraph import dvc . --json > report.json`,
    )
    .action(async (path: string, options: { experiment?: string; stage: string[]; json?: boolean }) => {
      const { importDvc } = await import('./import.ts');
      const config = configFrom(dvcCommand, DATABASE_VARIABLES);
      const { experiment, stage, json } = options;
      const log = await createLog(config.logLevel);
      const destination = { host, config, log, isJson: Boolean(json) };
      exit(await importDvc(path, { experiment, stageMap: readStageMap(stage) }, destination));
    });

  addExportCommands(program, host);

  program
    .command('schema')
    .description('print the GraphQL schema')
    .exitOverride()
    .option('--out <file>', 'write it to a file instead')
    .option('--check <file>', 'compare it with a file; fail where they differ')
    .addHelpText(
      'after',
      `
Examples:
  modelgraph schema
  modelgraph schema --out schema.graphql
  modelgraph schema --check schema.graphql`,
    )
    .action(async (options: { out?: string; check?: string }) => {
      const { printSchemaTo } = await import('./schema.ts');
      exit(await printSchemaTo(options));
    });

  return program;
}

function addExportCommands(program: Command, host: Host): void {
  const exportCommand = program.command('export').description('write lineage for other systems').exitOverride();
  for (const [format, description] of [
    ['openlineage', 'write lineage as OpenLineage events, one a line'],
    ['prov', 'write lineage as W3C PROV-JSON'],
  ] as const) {
    const command = exportCommand.command(format).description(description).exitOverride();
    addConfigOptions(command, DATABASE_VARIABLES)
      .option('--out <file>', 'write it to a file instead')
      .option('--experiment <name>', 'the runs of an experiment, and what they used and made')
      .option('--model <name>', 'the versions of a model, and all that they rest on')
      .option('--of <id>', 'a dataset, run or version, all that it rests on, and all that came of it')
      .addHelpText(
        'after',
        `
What was deleted is left out. Without a choice, everything is written.

Examples:
  modelgraph export ${format} --out lineage.${format === 'prov' ? 'json' : 'ndjson'}
  modelgraph export ${format} --model churn`,
      )
      .action(async (options: Omit<ExportRequest, 'format'>) => {
        const { exportLineage } = await import('./export.ts');
        const config = configFrom(command, DATABASE_VARIABLES);
        const { out, experiment, model, of } = options;
        await exportLineage(host, config, await createLog(config.logLevel), { format, out, experiment, model, of });
      });
  }
}

/** An error in words for the person at the terminal; a stack only where the program itself is at fault. */
function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof DomainError) return error.message;
  const { code = '', message, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return `The port is taken (${message}). Choose another with PORT or --port; 0 picks a free one.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `The address cannot be listened on (${message}). Choose another with HOST or --host.`;
  if (code === 'EACCES' || code === 'EPERM') return `Not permitted: ${message}`;
  if (FILE_CODES.test(code)) return `The file or folder cannot be used: ${message}`;
  if (SQLITE_CODES.test(code)) return `The SQLite file cannot be used: ${message} (${code}).`;
  if (LOGIN_CODES.test(code)) return `The database server refuses: ${message} (${code}).`;
  return stack ?? String(error);
}

const FILE_CODES = /^(ENOENT|EEXIST|ENOTDIR|EISDIR|EROFS|ENOSPC|ENAMETOOLONG)$/;
const SQLITE_CODES = /^SQLITE_(CANTOPEN|NOTADB|READONLY|CORRUPT|FULL|IOERR|PERM|AUTH)/;
const LOGIN_CODES = /^(ER_ACCESS_DENIED_ERROR|ER_DBACCESS_DENIED_ERROR|ER_BAD_DB_ERROR|HANDSHAKE_\w+)$/;
