// A Galera cluster of a test's own: three nodes on loopback, of which any one may end suddenly and come back.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { DatabaseNode, type DatabaseServers, installDatabase, serversOf } from './mariadb.ts';

const NODES = 3;
/** As wsrep_local_state says it. */
const SYNCED = '4';
const PROVIDERS = ['/usr/lib/galera/libgalera_smm.so', '/usr/lib64/galera-4/libgalera_smm.so'];

/** Where the replication library is; undefined where it is not installed. */
export function galeraProvider(): string | undefined {
  return PROVIDERS.find((path) => existsSync(path));
}

export async function startGalera(folder: string): Promise<DatabaseServers> {
  const provider = galeraProvider();
  if (!provider) throw new Error('Galera is not installed: expected the packages galera-4 and rsync.');
  const folders = Array.from({ length: NODES }, (_, index) => join(folder, `galera-${index + 1}`));
  const [first = '', ...others] = folders;
  await installDatabase(first, others);
  const ports = await freePorts(NODES * 4);
  const portsOf = (index: number) => ports.slice(index * 4, index * 4 + 4);
  const members = folders.map((_, index) => `127.0.0.1:${portsOf(index)[1]}`);
  const nodes = folders.map((nodeFolder, index) => {
    const [port = 0, group = 0, increments = 0, transfer = 0] = portsOf(index);
    return new DatabaseNode({
      name: `galera-${index + 1}`,
      folder: nodeFolder,
      port,
      settings: [
        '--binlog-format=ROW',
        '--innodb-autoinc-lock-mode=2',
        '--innodb-flush-log-at-trx-commit=1',
        '--wsrep-on=ON',
        `--wsrep-provider=${provider}`,
        `--wsrep-cluster-address=gcomm://${members.join(',')}`,
        `--wsrep-node-name=galera-${index + 1}`,
        `--wsrep-node-address=127.0.0.1:${group}`,
        `--wsrep-node-incoming-address=127.0.0.1:${port}`,
        `--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:${group};ist.recv_addr=127.0.0.1:${increments};gcache.size=32M;pc.recovery=true`,
        '--wsrep-sst-method=rsync',
        `--wsrep-sst-receive-address=127.0.0.1:${transfer}`,
      ],
      recover,
      isReady,
    });
  });
  const servers = serversOf(nodes);
  try {
    for (const [index, node] of nodes.entries()) await node.start(index === 0 ? ['--wsrep-new-cluster'] : []);
  } catch (error) {
    await servers.stop();
    throw error;
  }
  return servers;
}

async function isReady(node: DatabaseNode): Promise<boolean> {
  const [state] = await node.query("SHOW STATUS LIKE 'wsrep_local_state'");
  return state?.Value === SYNCED;
}

/**
 * Finds how far a node had come when it ended suddenly, as the packages' service units do: told of it, the others send
 * only what it misses instead of everything.
 */
async function recover(node: DatabaseNode): Promise<readonly string[]> {
  const logFile = `${node.folder}.recovery.log`;
  await node.launch(['--wsrep-recover'], logFile).done();
  const position = [...readFileSync(logFile, 'utf8').matchAll(/Recovered position:\s*(\S+)/g)].at(-1)?.[1];
  return position ? [`--wsrep-start-position=${position}`] : [];
}
