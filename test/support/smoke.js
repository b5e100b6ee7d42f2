// Starts the built server on the Node that runs this, on an empty SQLite file, writes and reads, and ends it as Ctrl-C does.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'modelgraph-smoke-'));
const program = join(import.meta.dirname, '../../dist/main.js');
const server = spawn(process.execPath, [program, 'serve', '--port', '0', '--data-dir', folder, '--log-level', 'warn'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});

try {
  let printed = '';
  for await (const chunk of server.stdout) {
    printed += chunk;
    if (printed.includes('WebSocket')) break;
  }
  const url = /GraphQL\s+(\S+)/.exec(printed)?.[1];
  if (!url) throw new Error(`the server did not start: ${printed}`);
  const ask = async (query) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = await response.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  await ask('mutation { registerModel(input: {name: "smoke"}) { model { id } } }');
  const { models } = await ask('{ models { totalCount nodes { name } } }');
  if (models.totalCount !== 1 || models.nodes[0].name !== 'smoke') throw new Error(JSON.stringify(models));
  server.kill('SIGINT');
  const [code] = await once(server, 'exit');
  if (code !== 0) throw new Error(`the server ended with ${code}`);
  console.log(`the server works on Node ${process.versions.node}`);
} finally {
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
