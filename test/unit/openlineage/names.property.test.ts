// Names of OpenLineage and names here: nothing is lost on the way there and back.

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { joinName, OWN_NAMESPACE, splitName } from '../../../src/adapters/openlineage/names.ts';

const part = fc
  .array(fc.constantFrom('a', 'S3', '://', '/', ':', '%', '%2F', '%3A', '.', '-', '+', ' ', 'modelgraph'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

describe('a name of OpenLineage', () => {
  it.each([
    [{ namespace: 's3://bucket', name: 'data/train.csv' }, 's3://bucket/data/train.csv'],
    [{ namespace: 'postgres://db:5432', name: 'shop.public.orders' }, 'postgres://db:5432/shop.public.orders'],
    [{ namespace: 'nightly', name: 'dag.task' }, 'nightly/dag.task'],
    [{ namespace: 'file', name: '/tmp/x' }, 'file//tmp/x'],
    [{ namespace: 'https://host/path', name: 'x' }, 'https://host%2Fpath/x'],
    [{ namespace: OWN_NAMESPACE, name: 'iris' }, 'iris'],
  ])('%j reads %s here', (name, joined) => {
    expect(joinName(name)).toBe(joined);
    expect(splitName(joined)).toEqual(name);
  });

  it('is read back from the one it has here', () => {
    fc.assert(
      fc.property(part, part, (namespace, name) => {
        fc.pre(namespace !== OWN_NAMESPACE);
        expect(splitName(joinName({ namespace, name }))).toEqual({ namespace, name });
      }),
      { numRuns: 2_000 },
    );
  });

  it('that was given here comes back as it was', () => {
    fc.assert(
      fc.property(fc.oneof(part, fc.string({ minLength: 1 })), (name) => {
        expect(joinName(splitName(name))).toBe(name);
      }),
      { numRuns: 2_000 },
    );
  });
});
