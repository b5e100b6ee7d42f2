// Where Redis is: the forms of REDIS_URL.

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly isEncrypted: boolean;
}

const FORM = 'redis://user:password@host:6379, or rediss:// for TLS';
const DEFAULT_PORT = 6379;

/** @returns the address, or what is wrong with the text, which may hold a password and is not repeated */
export function parseRedisUrl(text: string): RedisAddress | { readonly problem: string } {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) return { problem: `expected ${FORM}` };
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
  if (hostname === '') return { problem: `expected a host: ${FORM}` };
  // A number of a database is common in these addresses, and says nothing here: messages are the same in all of them.
  if (!/^(\/[0-9]*)?$/.test(pathname))
    return { problem: `expected nothing, or the number of a database, after the host` };
  if (search !== '' || hash !== '') return { problem: 'there are no settings after ? or #' };
  try {
    return {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || DEFAULT_PORT),
      user: decodeURIComponent(username) || undefined,
      password: decodeURIComponent(password) || undefined,
      isEncrypted: protocol === 'rediss:',
    };
  } catch {
    return { problem: 'user and password must be percent-encoded' };
  }
}

/** The address without its password, for logs. */
export function describeRedis({ host, port, isEncrypted }: RedisAddress): string {
  return `${isEncrypted ? 'rediss' : 'redis'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
