// Where the database is: the forms of DATABASE_URL.

import { isAbsolute, resolve } from 'node:path';

export interface SqliteAddress {
  readonly kind: 'sqlite';
  /** Absolute path of the file. */
  readonly path: string;
}

export interface MysqlAddress {
  readonly kind: 'mysql';
  readonly user: string;
  readonly password: string;
  /** In the order in which they are tried. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly database: string;
  /** `require` encrypts, `verify` also checks the certificate. */
  readonly ssl: 'off' | 'require' | 'verify';
}

export type DatabaseAddress = SqliteAddress | MysqlAddress;

const MYSQL_URL = /^(?:mysql|mariadb):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?]+)\/([^/?]+)(?:\?(.*))?$/;
const HOST = /^(\[[0-9A-Fa-f:]+\]|[^:]+)(?::([0-9]{1,5}))?$/;
const DEFAULT_PORT = 3306;

/**
 * Reads `sqlite:<path>` or `mysql://user:password@host1:3306,host2:3306/name?ssl=…`.
 * `new URL` will not do: it knows no list of hosts.
 * @returns the address, or what is wrong with the text
 */
export function parseDatabaseUrl(url: string): DatabaseAddress | { readonly problem: string } {
  if (url.startsWith('sqlite:')) {
    const path = url.slice('sqlite:'.length).replace(/^\/\/(?=\/|\.)/, '');
    if (path.startsWith('//')) {
      return { problem: `expected sqlite:<path>, without slashes before a relative path; got "${url}"` };
    }
    if (path === '' || path === ':memory:') return { problem: 'sqlite: must be followed by the path of a file' };
    return { kind: 'sqlite', path: isAbsolute(path) ? path : resolve(path) };
  }
  const match = MYSQL_URL.exec(url);
  if (!match) {
    return { problem: 'expected sqlite:<path> or mysql://user:password@host1:3306,host2:3306/name?ssl=require' };
  }
  const [, user = 'root', password = '', hostList = '', database = '', query = ''] = match;
  const hosts: { host: string; port: number }[] = [];
  for (const text of hostList.split(',')) {
    const host = HOST.exec(text);
    const port = Number(host?.[2] ?? DEFAULT_PORT);
    if (!host?.[1] || port < 1 || port > 65_535) return { problem: `"${text}" is not a host or host:port` };
    hosts.push({ host: host[1].replace(/^\[|\]$/g, ''), port });
  }
  const settings = new URLSearchParams(query);
  const unknown = [...settings.keys()].find((key) => key !== 'ssl');
  if (unknown !== undefined) return { problem: `"${unknown}" is not a setting; the only one is ssl` };
  const ssl = settings.get('ssl') ?? 'off';
  if (ssl !== 'off' && ssl !== 'require' && ssl !== 'verify') {
    return { problem: `ssl must be off, require or verify; got "${ssl}"` };
  }
  try {
    const [decodedUser, decodedPassword, decodedName] = [user, password, database].map(decodeURIComponent);
    return {
      kind: 'mysql',
      user: decodedUser ?? '',
      password: decodedPassword ?? '',
      hosts,
      database: decodedName ?? '',
      ssl,
    };
  } catch {
    return { problem: 'user, password and database name must be percent-encoded' };
  }
}

/** The address without its password, for logs. */
export function describeAddress(address: DatabaseAddress): string {
  if (address.kind === 'sqlite') return `sqlite:${address.path}`;
  return `mysql://${address.hosts.map(({ host, port }) => `${host}:${port}`).join(',')}/${address.database}`;
}
