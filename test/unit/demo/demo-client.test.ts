import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DemoClient, DemoRequestError } from '../../../src/cli/demo/demo-client.ts';
import { endRun, findModel } from '../../../src/cli/demo/operations.ts';
import { RecordingRegistry } from '../../support/recording-registry.ts';

describe('the client of the demo', () => {
  const registry = new RecordingRegistry();
  let client: DemoClient;
  beforeAll(async () => {
    client = new DemoClient(await registry.start(), 'tester');
  });
  afterAll(() => registry.stop());

  it('returns the data and names its actor', async () => {
    await expect(client.execute(findModel, { name: 'none' })).resolves.toEqual({ model: null });
    expect([...registry.actors]).toEqual(['tester']);
  });

  it('fails with the name of the operation and the message and code of the server', async () => {
    const request = client.execute(endRun, { input: { run: 'run-9' } });
    await expect(request).rejects.toThrow(new DemoRequestError('EndRun failed: there is no run run-9 (NOT_FOUND)'));
  });

  it('fails with the address where nobody answers', async () => {
    const nobody = new DemoClient('http://127.0.0.1:1/graphql', 'tester');
    await expect(nobody.execute(findModel, { name: 'none' })).rejects.toThrow(
      'FindModel failed: no GraphQL answer from http://127.0.0.1:1/graphql',
    );
  });
});
