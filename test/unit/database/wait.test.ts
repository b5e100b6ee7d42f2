// What is waited for when a server starts before its database is ready.

import { describe, expect, it } from '@jest/globals';
import { waitForDatabase } from '../../../src/database/wait.ts';
import { recordingLog } from '../../support/log.ts';

const OPTIONS = { limitMs: 5_000, log: recordingLog().log, address: 'mysql://db' };

function failingOnce(errno: number): () => Promise<string> {
  let calls = 0;
  return async () => {
    if (calls++ === 0) throw Object.assign(new Error('not yet'), { errno });
    return 'open';
  };
}

describe('waiting for the database', () => {
  it.each([
    ['one that shuts down', 1053],
    ['a node without quorum', 1047],
    ['a node that has to catch up with its cluster', 1205],
  ])('tries %s again', async (_what, errno) => {
    await expect(waitForDatabase(failingOnce(errno), OPTIONS)).resolves.toBe('open');
  });

  it('gives up at once on what waiting does not mend', async () => {
    await expect(waitForDatabase(failingOnce(1045), OPTIONS)).rejects.toThrow('not yet');
  });
});
