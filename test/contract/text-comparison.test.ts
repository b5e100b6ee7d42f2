// Text compares byte by byte, the same on every database; `ignoreCase` folds ASCII letters and nothing else.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

/** Tag values that lax collations take for one another. */
const VALUES = [
  'a',
  'A',
  'a ',
  'a  ',
  'á',
  'a\u0301',
  'ä',
  'ß',
  'ss',
  'ẞ',
  'İ',
  'i',
  'I',
  'ı',
  'K',
  '\u212a',
  'ﬁ',
  'fi',
  '😀',
  '😁',
  '',
  ' ',
  'a\t',
  '%',
  '_',
  '\\',
  'a%b',
  "'",
  '¯',
  'ａ',
  '\u200ba',
];

describe('text', () => {
  let registry: TestRegistry;
  const nameOf = (value: string) => `value ${String(VALUES.indexOf(value)).padStart(2, '0')}`;
  const find = async (value: Record<string, unknown>): Promise<string[]> => {
    const { models } = await registry.ask(
      'query($value: StringFilter!) { models(first: 500, filter: {tag: {key: "text", value: $value}}) { nodes { tags { value } } } }',
      { value },
    );
    return models.nodes.map((model: { tags: { value: string }[] }) => model.tags[0]?.value);
  };
  const sorted = (values: readonly string[]) => [...values].sort();
  beforeAll(async () => {
    registry = await startRegistry();
    for (const value of VALUES) {
      await registry.ask('mutation($input: RegisterModelInput!) { registerModel(input: $input) { model { id } } }', {
        input: { name: nameOf(value), tags: [{ key: 'text', value }] },
      });
    }
  });
  afterAll(() => registry.stop());

  it.each(VALUES)('%j equals itself alone', async (value) => {
    expect(await find({ eq: value })).toEqual([value]);
    expect(await find({ in: [value] })).toEqual([value]);
    expect(sorted(await find({ ne: value }))).toEqual(sorted(VALUES.filter((other) => other !== value)));
  });

  it.each(VALUES)('%j is found as a part and as a beginning, its wildcards taken as they are', async (value) => {
    expect(sorted(await find({ contains: value }))).toEqual(sorted(VALUES.filter((other) => other.includes(value))));
    expect(sorted(await find({ startsWith: value }))).toEqual(
      sorted(VALUES.filter((other) => other.startsWith(value))),
    );
  });

  it.each(VALUES)('%j equals what differs in the case of ASCII letters, where case is ignored', async (value) => {
    const fold = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    const alike = VALUES.filter((other) => fold(other) === fold(value));
    expect(sorted(await find({ eq: value, ignoreCase: true }))).toEqual(sorted(alike));
    expect(sorted(await find({ in: [value], ignoreCase: true }))).toEqual(sorted(alike));
    expect(sorted(await find({ startsWith: value, ignoreCase: true }))).toEqual(
      sorted(VALUES.filter((other) => fold(other).startsWith(fold(value)))),
    );
  });

  it('keeps keys apart that differ in case, accents or a trailing space', async () => {
    const keys = ['key', 'Key', 'key ', 'kéy', 'ke\u0301y', '🔑'];
    await registry.ask('mutation($input: RegisterModelInput!) { registerModel(input: $input) { model { id } } }', {
      input: { name: 'keys', tags: keys.map((key) => ({ key, value: key })) },
    });
    const { model } = await registry.ask('{ model(by: {name: "keys"}) { tags { key value } } }');
    const inBytes = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(model.tags).toEqual(inBytes.map((key) => ({ key, value: key })));
    for (const key of keys) {
      const { models } = await registry.ask(
        'query($key: String!) { models(filter: {tag: {key: $key}}) { nodes { name } } }',
        { key },
      );
      expect(models.nodes).toEqual([{ name: 'keys' }]);
    }
  });

  it('keeps names apart that differ in case or accents, and sorts them by their bytes', async () => {
    const names = ['zebra', 'Zebra', 'zébra', 'ze\u0301bra', 'zebra 10', 'zebra 9', 'zebra😀', 'zebra\uffee'];
    for (const name of names) {
      await registry.ask('mutation($name: String!) { registerModel(input: {name: $name}) { model { id } } }', { name });
    }
    const { models } = await registry.ask(
      '{ models(first: 500, filter: {or: [{name: {startsWith: "z"}}, {name: {startsWith: "Z"}}]}) { nodes { name } } }',
    );
    const inBytes = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(models.nodes.map((model: { name: string }) => model.name)).toEqual(inBytes);
  });

  it('finds a name by its exact bytes only', async () => {
    for (const name of ['ZEBRA', 'zebra ', 'zebrа']) {
      expect(await registry.ask('query($name: String!) { model(by: {name: $name}) { id } }', { name })).toEqual({
        model: null,
      });
    }
  });
});
