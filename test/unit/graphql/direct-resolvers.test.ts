// Fields of objects are resolved at once, by the methods that declare them and with arguments as they were coerced.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GraphQLSchema, isObjectType } from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import { ANONYMOUS, LoaderScope } from '../../../src/core/context.ts';
import { PageInfo } from '../../../src/core/pagination.ts';
import { Stage } from '../../../src/features/models/stage.types.ts';
import { ModelVersion } from '../../../src/features/versions/version.entity.ts';
import { buildGraphSchema } from '../../../src/graphql/schema.ts';
import { startRegistry, type TestRegistry } from '../../support/registry.ts';

describe('fields of objects', () => {
  let registry: TestRegistry;
  let schema: GraphQLSchema;

  beforeAll(async () => {
    registry = await startRegistry();
    schema = buildGraphSchema(registry.app.features.resolvers);
  });

  afterAll(() => registry.stop());

  const resolve = (typeName: string, fieldName: string, root: object, args: object): unknown => {
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (!field?.resolve) throw new Error(`${typeName}.${fieldName} has no resolver.`);
    const context = { actor: ANONYMOUS, loaders: new LoaderScope(registry.app.features.loaders) };
    return field.resolve(root, args, context, { fieldNodes: [{}] } as never);
  };

  it('have their value at once, also where they take an argument', () => {
    const version = Object.assign(new ModelVersion(), { pk: 1, stageName: Stage.STAGING });
    expect(resolve('ModelVersion', 'stage', version, {})).toBe(Stage.STAGING);
    expect(resolve('ModelVersion', 'stage', version, { at: null })).toBe(Stage.STAGING);
  });

  it('are given the arguments that were sent', async () => {
    const version = Object.assign(new ModelVersion(), { pk: 1, stageName: Stage.STAGING });
    const tomorrow = Date.now() + 86_400_000;
    await expect(resolve('ModelVersion', 'stage', version, { at: tomorrow })).rejects.toThrow(
      '`at` lies in the future',
    );
  });

  it('read the getters of their object', () => {
    const page = { items: [1, 2], cursorOf: String, hasNext: () => true, hasPrevious: () => false, total: () => 2 };
    expect(resolve('PageInfo', 'endCursor', new PageInfo(page), {})).toBe('2');
  });

  it('are plain properties where their getters are declared simple', () => {
    const type = schema.getType('ModelVersion');
    expect(isObjectType(type) && type.getFields().id?.resolve).toBeUndefined();
  });

  it('lose nothing with their arguments, since no class of arguments has behaviour of its own', () => {
    const { inputTypes, argumentTypes } = getMetadataStorage();
    const withBehaviour = [...inputTypes, ...argumentTypes].filter(
      ({ target }) => Object.getOwnPropertyNames(target.prototype).length > 1,
    );
    expect(withBehaviour.map(({ name }) => name)).toEqual([]);
    expect(inputTypes.length).toBeGreaterThan(10);
  });
});
