// MariaDB servers of a test's own: data folders, start, sudden end and start again, apart from any that the system runs.

import { execFile } from 'node:child_process';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import mysql2, { type RowDataPacket } from 'mysql2/promise';
import { ChildProgram } from './child-program.ts';
import { freePorts } from './free-ports.ts';

const run = promisify(execFile);

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const CONNECT_LIMIT_MS = 2_000;

/** A database server, or a cluster of them. */
export interface DatabaseServers {
  readonly nodes: readonly DatabaseNode[];
  /** Creates an empty database. */
  create(name: string): Promise<void>;
  /** Ends all of them. */
  stop(): Promise<void>;
}

export interface NodeOptions {
  readonly name: string;
  readonly folder: string;
  readonly port: number;
  /** Beside what every server gets. */
  readonly settings: readonly string[];
  /** Settings that a start after a sudden end needs besides. */
  readonly recover?: (node: DatabaseNode) => Promise<readonly string[]>;
  /** Whether a server that answers is as far as it should be. */
  readonly isReady?: (node: DatabaseNode) => Promise<boolean>;
}

export class DatabaseNode {
  readonly name: string;
  readonly port: number;
  readonly folder: string;
  private readonly options: NodeOptions;
  private program: ChildProgram | undefined;

  constructor(options: NodeOptions) {
    this.options = options;
    this.name = options.name;
    this.port = options.port;
    this.folder = options.folder;
  }

  get isRunning(): boolean {
    return this.program?.isRunning ?? false;
  }

  /** Starts it, and waits until it takes statements. */
  async start(extra: readonly string[] = []): Promise<void> {
    this.program = this.launch(extra);
    await this.program.until(() => this.answers(), `The database server ${this.name}`, START_LIMIT_MS);
  }

  /** Ends it as a power cut of its machine would, but for what the system had written already. */
  async kill(): Promise<void> {
    await this.program?.kill();
  }

  /** Starts it after a sudden end. */
  async restart(): Promise<void> {
    await this.start(await this.options.recover?.(this));
  }

  async stop(): Promise<void> {
    await this.program?.end(STOP_LIMIT_MS);
  }

  /** Runs the program on the data folder of this node, with its output in the file `<name>.log` beside that. */
  launch(extra: readonly string[], logFile = `${this.folder}.log`): ChildProgram {
    const { folder, port, settings } = this.options;
    const args = [
      '--no-defaults',
      ...asUser(),
      `--datadir=${folder}`,
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      '--max-connections=500',
      '--innodb-buffer-pool-size=64M',
      ...settings,
      ...extra,
    ];
    return new ChildProgram('mariadbd', args, { logFile });
  }

  /** The rows that a statement gives. */
  async query(statement: string): Promise<RowDataPacket[]> {
    const connection = await mysql2.createConnection({
      host: '127.0.0.1',
      port: this.port,
      user: 'root',
      connectTimeout: CONNECT_LIMIT_MS,
    });
    try {
      const [rows] = await connection.query<RowDataPacket[]>(statement);
      return rows;
    } finally {
      connection.destroy();
    }
  }

  private async answers(): Promise<boolean> {
    try {
      await this.query('SELECT 1');
      return (await this.options.isReady?.(this)) ?? true;
    } catch {
      return false;
    }
  }
}

/** One server in a folder. A process that is killed loses nothing committed by these settings. */
export async function startMariaDb(folder: string): Promise<DatabaseServers> {
  const data = join(folder, 'mariadb');
  await installDatabase(data);
  const [port = 0] = await freePorts(1);
  const node = new DatabaseNode({
    name: 'mariadb',
    folder: data,
    port,
    settings: ['--innodb-flush-log-at-trx-commit=2'],
  });
  await node.start();
  return serversOf([node]);
}

export function serversOf(nodes: readonly DatabaseNode[]): DatabaseServers {
  return {
    nodes,
    create: async (name) => {
      await nodes[0]?.query(`CREATE DATABASE ${name}`);
    },
    stop: async () => {
      // One after the other: a cluster's last node is the one that knows everything.
      for (const node of nodes) await node.stop();
    },
  };
}

/** Makes an empty data folder, and copies of it. */
export async function installDatabase(folder: string, copies: readonly string[] = []): Promise<void> {
  await mkdir(folder, { recursive: true });
  await ownByServer(folder);
  await run('mariadb-install-db', [
    '--no-defaults',
    ...asUser(),
    `--datadir=${folder}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);
  for (const copy of copies) await run('cp', ['-a', folder, copy]);
}

/** The server refuses to run as root. */
function asUser(): readonly string[] {
  return process.getuid?.() === 0 ? ['--user=mysql'] : [];
}

async function ownByServer(folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const id = async (flag: string) => Number((await run('id', [flag, 'mysql'])).stdout);
  await chown(folder, await id('-u'), await id('-g'));
  // Temporary folders are their owner's alone, and the server must pass through.
  await chmod(join(folder, '..'), 0o755);
}
