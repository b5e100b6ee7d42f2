import { describe, expect, it } from '@jest/globals';
import { parse, validate } from 'graphql';
import * as operations from '../../../src/cli/demo/operations.ts';
import { queriesToTry } from '../../../src/cli/demo/queries-to-try.ts';
import { readPublicSchema } from '../../support/schema-file.ts';

const schema = readPublicSchema();

describe('the documents of the demo', () => {
  it.each(Object.entries(operations))('%s is valid against the public schema', (_, { document }) => {
    expect(validate(schema, parse(document))).toEqual([]);
  });

  it.each(queriesToTry)('"$question" is valid too', ({ query }) => {
    expect(validate(schema, parse(query))).toEqual([]);
  });
});
