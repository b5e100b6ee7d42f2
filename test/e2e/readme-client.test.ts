// The README's client, in Node and in a real browser, while its server is killed and started again: it loses nothing.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';
import { findChromium } from '../support/browser.ts';
import { freePorts } from '../support/free-ports.ts';
import { buildProgram, type ServingProgram, serveProgram } from '../support/program.ts';
import { readmeCode } from '../support/readme.ts';
import { type FreshDatabase, freshDatabase, startRegistry, type TestRegistry } from '../support/registry.ts';
import { mutate } from '../support/runs.ts';

const ROOT = join(import.meta.dirname, '../..');
const MODEL = 'wine-classifier';

/** A program that follows promotions, with the numbers of the versions that it has told of. */
interface FollowingClient {
  readonly numbers: readonly number[];
  /** What it said that was no promotion. */
  readonly complaints: readonly string[];
  stop(): Promise<void>;
}

describe("the README's client", () => {
  let database: FreshDatabase;
  /** Another instance, through which versions are promoted while the client's is away. */
  let other: TestRegistry;
  let pages: Server;
  let port: number;
  let environment: Record<string, string>;
  let promoted = 0;
  beforeAll(async () => {
    await buildProgram();
    database = await freshDatabase();
    other = await startRegistry({ sharedDatabase: database });
    await mutate(other, 'registerModel', { name: MODEL }, 'model { id }');
    pages = createServer((request, response) => servePage(request.url ?? '', clientFor(port), response));
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
    [port = 0] = await freePorts(1);
    environment = {
      DATABASE_URL: database.url,
      PORT: String(port),
      ALLOWED_ORIGINS: originOf(pages),
      LOG_LEVEL: 'warn',
    };
  }, 60_000);
  afterAll(async () => {
    await other.stop();
    await database.remove();
    await new Promise((resolve) => pages.close(resolve));
  });

  const promoteNext = async (): Promise<void> => {
    promoted++;
    await mutate(other, 'registerVersion', { model: { name: MODEL } }, 'version { number }');
    const version = { uri: `models:/${MODEL}/${promoted}` };
    await mutate(other, 'promoteVersion', { version, to: 'PRODUCTION' }, '__typename');
  };

  /** Ends the server in two ways while versions are promoted, and looks at what the client was told of. */
  const followThrough = async (start: () => Promise<FollowingClient>): Promise<void> => {
    let server: ServingProgram = await serveProgram(environment);
    const client = await start();
    try {
      // It follows from when it has begun, which nothing tells from outside.
      while (client.numbers.length === 0 && promoted < 500) {
        await promoteNext();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        for (let count = 0; count < 3; count++) await promoteNext();
        await server.end(signal);
        for (let count = 0; count < 3; count++) await promoteNext();
        server = await serveProgram(environment);
        for (let count = 0; count < 3; count++) await promoteNext();
      }
      const deadline = Date.now() + 20_000;
      while (client.numbers.at(-1) !== promoted && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const first = client.numbers[0] ?? 0;
      expect(client.numbers).toEqual(Array.from({ length: promoted - first + 1 }, (_, index) => first + index));
      expect(client.complaints).toEqual([]);
    } finally {
      await client.stop();
      await server.end('SIGTERM');
    }
  };

  it(
    'in Node resumes when its server has been ended and killed',
    () => followThrough(() => followInNode(port)),
    120_000,
  );

  const chromiumPath = pathOfChromium();
  if (chromiumPath === undefined) {
    process.stderr.write("The README's client was not run in a browser: there is no Chromium here.\n");
  } else {
    it(
      'in a browser resumes when its server has been ended and killed',
      () => followThrough(() => followInBrowser(chromiumPath, originOf(pages))),
      120_000,
    );
  }
});

/** The README's lines, for a server on another port. */
function clientFor(port: number): string {
  const code = readmeCode('js', 'createClient');
  const address = 'ws://127.0.0.1:4000/graphql';
  if (!code.includes(address)) throw new Error(`The README's client does not name ${address}.`);
  return code.replace(address, `ws://127.0.0.1:${port}/graphql`);
}

async function followInNode(port: number): Promise<FollowingClient> {
  const code = clientFor(port).replace(
    'console.log(data.stageChanged)',
    'console.log(JSON.stringify(data.stageChanged))',
  );
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '--eval', code], { cwd: ROOT });
  const numbers: number[] = [];
  const complaints: string[] = [];
  createInterface(child.stdout).on('line', (line) => numbers.push(JSON.parse(line).number));
  createInterface(child.stderr).on('line', (line) => complaints.push(line));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    numbers,
    complaints,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

async function followInBrowser(executablePath: string, origin: string): Promise<FollowingClient> {
  const browser: Browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage();
  const numbers: number[] = [];
  const complaints: string[] = [];
  page.on('console', async (message) => {
    if (message.type() === 'log') numbers.push(JSON.parse(message.text()).number);
    // The browser itself says that a connection was refused.
    else if (!/WebSocket connection to/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${origin}/`);
  return { numbers, complaints, stop: () => browser.close() };
}

/** A page of another origin with the client in it, and the modules of graphql-ws beside it. */
function servePage(path: string, client: string, response: import('node:http').ServerResponse): void {
  const module = /^\/graphql-ws\/([\w.-]+\.js)$/.exec(path)?.[1];
  if (module) {
    response.setHeader('content-type', 'text/javascript');
    response.end(readFileSync(join(ROOT, 'node_modules/graphql-ws/dist', module)));
  } else if (path === '/') {
    const code = client.replace('console.log(data.stageChanged)', 'console.log(JSON.stringify(data.stageChanged))');
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><link rel="icon" href="data:,">
      <script type="importmap">{"imports": {"graphql-ws": "/graphql-ws/client.js"}}</script>
      <script type="module">${code}</script>`);
  } else {
    response.statusCode = 404;
    response.end();
  }
}

function originOf(server: Server): string {
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

function pathOfChromium(): string | undefined {
  try {
    return findChromium();
  } catch {
    return undefined;
  }
}
