// The forms of DATABASE_URL.

import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type DatabaseAddress, describeAddress, parseDatabaseUrl } from '../../../src/database/address.ts';

const MYSQL = {
  kind: 'mysql',
  user: 'root',
  password: '',
  hosts: [{ host: 'db', port: 3306 }],
  database: 'x',
  ssl: 'off',
};

describe('DATABASE_URL', () => {
  it.each<[string, object]>([
    ['sqlite:registry.db', { kind: 'sqlite', path: resolve('registry.db') }],
    ['sqlite:./data/registry.db', { kind: 'sqlite', path: resolve('data/registry.db') }],
    ['sqlite:/var/lib/registry.db', { kind: 'sqlite', path: '/var/lib/registry.db' }],
    ['sqlite:///var/lib/registry.db', { kind: 'sqlite', path: '/var/lib/registry.db' }],
    ['sqlite:/var/my files/ünï.db', { kind: 'sqlite', path: '/var/my files/ünï.db' }],
    ['mysql://db/x', MYSQL],
    ['mariadb://db/x', MYSQL],
    ['mysql://db:3307/x', { ...MYSQL, hosts: [{ host: 'db', port: 3307 }] }],
    ['mysql://ada@db/x', { ...MYSQL, user: 'ada' }],
    ['mysql://ada:p%40ss%2Fw%3Ard@db/x', { ...MYSQL, user: 'ada', password: 'p@ss/w:rd' }],
    ['mysql://ada:@db/x', { ...MYSQL, user: 'ada' }],
    ['mysql://db/x?ssl=verify', { ...MYSQL, ssl: 'verify' }],
    [
      'mysql://a:1,b,[::1]:2/x',
      {
        ...MYSQL,
        hosts: [
          { host: 'a', port: 1 },
          { host: 'b', port: 3306 },
          { host: '::1', port: 2 },
        ],
      },
    ],
  ])('reads %s', (url, address) => {
    expect(parseDatabaseUrl(url)).toEqual(address);
  });

  it('is described without user and password', () => {
    const address = parseDatabaseUrl('mysql://ada:secret@a:1,b/x') as DatabaseAddress;
    expect(describeAddress(address)).toBe('mysql://a:1,b:3306/x');
  });
});
