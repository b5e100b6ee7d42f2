// GraphQL over HTTP, as the audit suite of graphql-http sees the running server.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuditResult, auditServer } from 'graphql-http';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const PREFLIGHT =
  'A GET without a header that makes browsers ask first is refused, so that no foreign page can send one; a client that adds `apollo-require-preflight` may use GET.';
const STATUS_400 =
  'A request of which nothing was executed is a 400 whatever the client accepts: a proxy or a monitor sees that it failed.';

/** What the audit notes or advises against, by its id, and why it stays. */
const TOLERATED: Readonly<Record<string, string>> = {
  '5A70': PREFLIGHT,
  D6D5: PREFLIGHT,
  '6A70': PREFLIGHT,
  '572B': STATUS_400,
  FDE2: STATUS_400,
  '7B9B': STATUS_400,
};

describe('GraphQL over HTTP', () => {
  let registry: TestRegistry;
  let results: AuditResult[];
  beforeAll(async () => {
    registry = await startRegistry();
    results = await auditServer({ url: `${registry.url}/graphql` });
  });
  afterAll(() => registry.stop());

  it('breaks no rule of the specification', () => {
    expect(results.length).toBeGreaterThan(50);
    expect(results.filter((result) => result.status === 'error').map(describeResult)).toEqual([]);
  });

  it('goes against no advice but what is tolerated for a reason', () => {
    const noted = results.filter((result) => result.status !== 'ok');
    expect(noted.filter((result) => !(result.id in TOLERATED)).map(describeResult)).toEqual([]);
    expect(Object.keys(TOLERATED).filter((id) => !noted.some((result) => result.id === id))).toEqual([]);
  });

  it('answers a GET that asks for the preflight', async () => {
    const url = new URL('/graphql', registry.url);
    url.searchParams.set('query', 'query($name: String!) { __type(name: $name) { name } }');
    url.searchParams.set('variables', JSON.stringify({ name: 'Model' }));
    const response = await fetch(url, { headers: { 'apollo-require-preflight': 'true' } });
    expect(await response.json()).toEqual({ data: { __type: { name: 'Model' } } });
  });

  it('makes no change on a GET', async () => {
    const url = new URL('/graphql', registry.url);
    url.searchParams.set('query', 'mutation { registerModel(input: {name: "by-get"}) { model { id } } }');
    const response = await fetch(url, { headers: { 'apollo-require-preflight': 'true' } });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await registry.ask('{ model(by: {name: "by-get"}) { id } }')).toEqual({ model: null });
  });
});

function describeResult(result: AuditResult): string {
  return `${result.id} ${result.status}: ${result.name}${'reason' in result ? ` (${result.reason})` : ''}`;
}
