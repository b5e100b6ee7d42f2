// The configuration: defaults, flags before the environment, and messages that name what is wrong and what would be right.

import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig, VARIABLES, type VariableName } from '../../src/config.ts';

function problemsOf(environment: Record<string, string>): string {
  try {
    readConfig({}, environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('The configuration was taken.');
}

describe('the configuration', () => {
  it('needs nothing', () => {
    expect(readConfig({}, {})).toEqual({
      host: '127.0.0.1',
      port: 4000,
      dataDir: resolve('data'),
      database: { kind: 'sqlite', path: join(resolve('data'), 'modelgraph.db') },
      isDatabaseGiven: false,
      databaseWaitMs: 60_000,
      redis: undefined,
      sqliteSynchronous: 'normal',
      logLevel: 'info',
      limits: { maxCost: 500_000, maxDepth: 20 },
      actor: { name: 'anonymous', isVerified: false },
      allowUnauthenticated: false,
      eventRetentionDays: 0,
      hasMetrics: true,
      webSocket: {
        allowedOrigins: [],
        initTimeoutMs: 5_000,
        maxLag: 1_000,
        maxMessageBytes: 33_554_432,
        maxSocketsPerAddress: 1_000,
        maxSubscriptionsPerSocket: 1_000,
        pingMs: 12_000,
        stallMs: 30_000,
      },
    });
  });

  it('takes an empty variable for one that is not set', () => {
    const empty = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, '']));
    expect(readConfig({}, empty)).toEqual(readConfig({}, {}));
  });

  it('takes flags before the environment', () => {
    expect(readConfig({ PORT: '1' }, { PORT: '2', HOST: 'localhost' })).toMatchObject({ port: 1, host: 'localhost' });
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(readConfig({}, {}))).toBe(true);
  });

  it.each<[VariableName, string, string]>([
    ['PORT', '65536', 'must be a whole number from 0 to 65535; got "65536"'],
    ['PORT', '-1', 'must be a whole number from 0 to 65535; got "-1"'],
    ['PORT', '80.5', 'must be a whole number from 0 to 65535; got "80.5"'],
    ['PORT', ' ', 'must be a whole number from 0 to 65535; got " "'],
    ['PORT', '0x50', 'must be a whole number from 0 to 65535; got "0x50"'],
    ['PORT', '1e3', 'must be a whole number from 0 to 65535; got "1e3"'],
    ['PORT', 'http', 'must be a whole number from 0 to 65535; got "http"'],
    ['DATABASE_WAIT_SECONDS', '3601', 'must be a whole number from 0 to 3600; got "3601"'],
    ['DATABASE_WAIT_SECONDS', '1m', 'must be a whole number from 0 to 3600; got "1m"'],
    ['SQLITE_SYNCHRONOUS', 'off', 'must be normal or full; got "off"'],
    ['LOG_LEVEL', 'INFO', 'must be one of fatal, error, warn, info, debug, trace, silent; got "INFO"'],
    ['MAX_QUERY_COST', '0', 'must be a whole number from 1 to 9007199254740991; got "0"'],
    ['MAX_QUERY_COST', '99999999999999999', 'must be a whole number from 1 to 9007199254740991'],
    ['MAX_QUERY_DEPTH', '1001', 'must be a whole number from 1 to 1000; got "1001"'],
    ['MODELGRAPH_ALLOW_UNAUTHENTICATED', 'yes', 'must be true or false; got "yes"'],
    ['MODELGRAPH_ACTOR', 'a\nb', 'has no control characters'],
    ['MODELGRAPH_ACTOR', 'a'.repeat(251), 'has more than 250 characters'],
    ['MODELGRAPH_ACTOR', '  ', 'is blank'],
    [
      'HOST',
      '0.0.0.0',
      'can be reached from elsewhere, and nobody has to prove who they are; set MODELGRAPH_ALLOW_UNAUTHENTICATED=true',
    ],
    ['HOST', '::', 'or listen on 127.0.0.1'],
    ['HOST', '127.0.0.999', 'can be reached from elsewhere'],
    ['HOST', '127.evil.example', 'can be reached from elsewhere'],
    [
      'DATABASE_URL',
      'postgres://localhost/x',
      'expected sqlite:<path> or mysql://user:password@host1:3306,host2:3306/name?ssl=require',
    ],
    ['DATABASE_URL', 'mysql://localhost', 'expected sqlite:<path> or mysql://'],
    ['DATABASE_URL', 'mysql://localhost:70000/x', '"localhost:70000" is not a host or host:port'],
    ['DATABASE_URL', 'mysql://a,,b/x', '"" is not a host or host:port'],
    ['DATABASE_URL', 'mysql://localhost/x?ssl=yes', 'ssl must be off, require or verify; got "yes"'],
    ['DATABASE_URL', 'mysql://localhost/x?sslmode=require', '"sslmode" is not a setting; the only one is ssl'],
    ['DATABASE_URL', 'mysql://u%zz:p@localhost/x', 'must be percent-encoded'],
    ['DATABASE_URL', 'sqlite:', 'must be followed by the path of a file'],
    ['DATABASE_URL', 'sqlite::memory:', 'must be followed by the path of a file'],
    ['DATABASE_URL', 'sqlite://data/x.db', 'without slashes before a relative path'],
    ['REDIS_URL', 'localhost:6379', 'expected redis://user:password@host:6379, or rediss:// for TLS'],
    ['REDIS_URL', 'redis://', 'expected'],
    ['REDIS_URL', 'redis://localhost:99999', 'expected redis://'],
    ['REDIS_URL', 'redis://localhost/cache', 'expected nothing, or the number of a database, after the host'],
    ['REDIS_URL', 'redis://localhost?family=6', 'there are no settings after ? or #'],
    ['REDIS_URL', 'redis://:100%@localhost', 'user and password must be percent-encoded'],
  ])('names %s where it is %j', (name, value, message) => {
    const problem = problemsOf({ [name]: value });
    expect(problem).toContain(message);
    expect(problem).toMatch(new RegExp(`^Wrong configuration: ${name}\\b`));
    expect(problem.split('\n')).toHaveLength(1);
  });

  it('says everything that is wrong at once', () => {
    const problem = problemsOf({ PORT: 'x', LOG_LEVEL: 'loud', DATABASE_URL: 'oracle:' });
    expect(problem.match(/PORT|LOG_LEVEL|DATABASE_URL/g)).toEqual(
      ['PORT', 'LOG_LEVEL', 'DATABASE_URL'].sort((a, b) => problem.indexOf(a) - problem.indexOf(b)),
    );
  });

  it('never shows a password', () => {
    expect(problemsOf({ DATABASE_URL: 'mysql://root:s3cret@localhost:99999/x' })).not.toContain('s3cret');
    expect(problemsOf({ DATABASE_URL: 'mysq://root:s3cret@localhost/x' })).not.toContain('s3cret');
    expect(problemsOf({ REDIS_URL: 'redi://root:s3cret@localhost' })).not.toContain('s3cret');
  });

  it('reads where Redis is, with and without TLS', () => {
    expect(readConfig({}, { REDIS_URL: 'redis://localhost' }).redis).toEqual({
      host: 'localhost',
      port: 6379,
      user: undefined,
      password: undefined,
      isEncrypted: false,
    });
    expect(readConfig({}, { REDIS_URL: 'rediss://us%40er:p%2Fw@[::1]:6380/2' }).redis).toEqual({
      host: '::1',
      port: 6380,
      user: 'us@er',
      password: 'p/w',
      isEncrypted: true,
    });
  });

  it.each(['127.0.0.1', '127.3.2.1', 'localhost', '::1'])('lets %s be open to everybody on this machine', (HOST) => {
    expect(readConfig({}, { HOST }).host).toBe(HOST);
  });

  it('lets a host be open to others where that is allowed', () => {
    const config = readConfig({}, { HOST: '0.0.0.0', MODELGRAPH_ALLOW_UNAUTHENTICATED: 'true' });
    expect(config).toMatchObject({ host: '0.0.0.0', allowUnauthenticated: true });
  });
});
