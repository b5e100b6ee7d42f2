// The server processes under test: each on a port of its own, with the database's hosts in another order, and a wrong clock.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ChildProgram } from '../../support/child-program.ts';
import { freePorts } from '../../support/free-ports.ts';
import type { DatabaseServers } from '../../support/mariadb.ts';
import type { Random } from '../../support/random.ts';

const PROGRAM = join(import.meta.dirname, '../../../dist/main.js');
const START_LIMIT_MS = 60_000;
const END_LIMIT_MS = 15_000;
/** How wrong a server's clock may be, milliseconds, in either direction. */
export const CLOCK_ERROR_MS = 1_500;

interface ServerOptions {
  /** Where its log goes. */
  readonly folder: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly clockErrorMs: number;
}

export class ServerProcess {
  readonly name: string;
  readonly url: string;
  readonly logFile: string;
  private readonly environment: Readonly<Record<string, string>>;
  private readonly clock: string;
  private program: ChildProgram | undefined;

  constructor(name: string, { folder, port, databaseUrl, clockErrorMs }: ServerOptions) {
    this.name = name;
    this.url = `http://127.0.0.1:${port}`;
    this.logFile = join(folder, `${name}.log`);
    this.clock = `data:text/javascript,const now=Date.now;Date.now=()=>now()+${clockErrorMs}`;
    this.environment = {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      MODELGRAPH_DATA_DIR: join(folder, name),
      LOG_LEVEL: 'warn',
    };
  }

  async start(): Promise<void> {
    this.program = new ChildProgram(process.execPath, ['--import', this.clock, PROGRAM, 'serve'], {
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

interface ServersOptions {
  readonly database: DatabaseServers;
  /** The database's name. */
  readonly name: string;
  readonly folder: string;
  readonly random: Random;
}

/** Starts servers on a database, all at once: they agree among themselves on who makes its tables. */
export async function startServers(
  count: number,
  { database, name, folder, random }: ServersOptions,
): Promise<ServerProcess[]> {
  await mkdir(folder, { recursive: true });
  const hosts = database.nodes.map(({ port }) => `127.0.0.1:${port}`);
  const ports = await freePorts(count);
  const servers = ports.map((port, index) => {
    const first = index % hosts.length;
    const rotated = [...hosts.slice(first), ...hosts.slice(0, first)];
    const databaseUrl = `mysql://root@${rotated.join(',')}/${name}`;
    const clockErrorMs = random.between(-CLOCK_ERROR_MS, CLOCK_ERROR_MS);
    return new ServerProcess(`server-${index + 1}`, { folder, port, databaseUrl, clockErrorMs });
  });
  try {
    await Promise.all(servers.map((server) => server.start()));
  } catch (error) {
    await Promise.all(servers.map((server) => server.kill()));
    throw error;
  }
  return servers;
}
