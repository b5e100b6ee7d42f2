// Parts of rows: what is read is there, and what is not says so.

import { describe, expect, it } from '@jest/globals';
import { RUN_PARTS, Run } from '../../../src/features/runs/run.entity.ts';

describe('a part of a row', () => {
  const { columns, hydrate } = RUN_PARTS.of(['name', 'pk']);

  it('names its columns', () => {
    expect(columns.text).toBe('r.`name`, r.`pk`');
    expect(columns.values).toEqual([]);
  });

  it('has what was read, and passes for the entity', () => {
    const run = hydrate({ pk: 7, name: 'tuning', cursor0: 'tuning' });
    expect(run).toBeInstanceOf(Run);
    expect(run.constructor).toBe(Run);
    expect(run).toMatchObject({ pk: 7, name: 'tuning' });
    expect(run.id).toBe(Run.from({ pk: 7 }).id);
  });

  it('throws where a column is asked for that was not read', () => {
    const run = hydrate({ pk: 7, name: 'tuning' });
    expect(() => run.status).toThrow('The column status of a Run was not read');
    expect(() => run.createdBy).toThrow('The column createdByName of a Run was not read');
  });

  it('is the whole row without names', () => {
    const whole = RUN_PARTS.of(null);
    expect(whole.columns.text).toBe('r.*');
    expect(whole.hydrate({ pk: 7, status: 'FAILED' })).toEqual(Run.from({ pk: 7, status: 'FAILED' }));
  });

  it('is made once', () => {
    expect(RUN_PARTS.of(['name', 'pk'])).toBe(RUN_PARTS.of(['name', 'pk']));
    expect(RUN_PARTS.of(['pk'])).not.toBe(RUN_PARTS.of(['name', 'pk']));
  });
});
