// The server processes under test: each on a port of its own and with the database's hosts in another order.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ChildProgram } from '../../support/child-program.ts';
import { freePorts } from '../../support/free-ports.ts';
import type { DatabaseServers } from '../../support/mariadb.ts';

const PROGRAM = join(import.meta.dirname, '../../../dist/main.js');
const START_LIMIT_MS = 60_000;
const END_LIMIT_MS = 15_000;

export class ServerProcess {
  readonly name: string;
  readonly url: string;
  readonly logFile: string;
  private readonly environment: Readonly<Record<string, string>>;
  private program: ChildProgram | undefined;

  constructor(name: string, folder: string, port: number, databaseUrl: string) {
    this.name = name;
    this.url = `http://127.0.0.1:${port}`;
    this.logFile = join(folder, `${name}.log`);
    this.environment = {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      MODELGRAPH_DATA_DIR: join(folder, name),
      LOG_LEVEL: 'warn',
    };
  }

  async start(): Promise<void> {
    this.program = new ChildProgram(process.execPath, ['--enable-source-maps', PROGRAM, 'serve'], {
      logFile: this.logFile,
      environment: this.environment,
    });
    await this.program.until(() => this.answers(), `The server ${this.name}`, START_LIMIT_MS);
  }

  async kill(): Promise<void> {
    await this.program?.kill();
  }

  /** Lets it finish what runs. */
  async end(): Promise<void> {
    await this.program?.end(END_LIMIT_MS);
  }

  /** Stops it without its knowledge, as a machine does that is short of everything. */
  freeze(): void {
    this.program?.signal('SIGSTOP');
  }

  thaw(): void {
    this.program?.signal('SIGCONT');
  }

  private async answers(): Promise<boolean> {
    return fetch(`${this.url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}

/** Starts servers on a database, all at once: they agree among themselves on who makes its tables. */
export async function startServers(
  count: number,
  database: DatabaseServers,
  name: string,
  folder: string,
): Promise<ServerProcess[]> {
  await mkdir(folder, { recursive: true });
  const hosts = database.nodes.map(({ port }) => `127.0.0.1:${port}`);
  const ports = await freePorts(count);
  const servers = ports.map((port, index) => {
    const first = index % hosts.length;
    const rotated = [...hosts.slice(first), ...hosts.slice(0, first)];
    return new ServerProcess(`server-${index + 1}`, folder, port, `mysql://root@${rotated.join(',')}/${name}`);
  });
  try {
    await Promise.all(servers.map((server) => server.start()));
  } catch (error) {
    await Promise.all(servers.map((server) => server.kill()));
    throw error;
  }
  return servers;
}
