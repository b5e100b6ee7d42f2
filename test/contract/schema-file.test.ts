// The committed schema is the one that the server serves, and every element of it says what it is.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  buildClientSchema,
  type GraphQLNamedType,
  type GraphQLSchema,
  getIntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { printGraphSchema } from '../../src/graphql/schema.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const COMMITTED = readFileSync(join(import.meta.dirname, '../../schema.graphql'), 'utf8');

describe('the schema', () => {
  let registry: TestRegistry;
  let served: GraphQLSchema;
  beforeAll(async () => {
    registry = await startRegistry();
    served = buildClientSchema(
      await registry.ask(
        getIntrospectionQuery({
          descriptions: true,
          specifiedByUrl: true,
          directiveIsRepeatable: true,
          schemaDescription: true,
          inputValueDeprecation: true,
          oneOf: true,
        }),
      ),
    );
  });
  afterAll(() => registry.stop());

  it('is served as it is committed', () => {
    expect(printGraphSchema(served)).toBe(COMMITTED);
  });

  it('describes every type, field, argument and enum value', () => {
    const undescribed = Object.values(served.getTypeMap())
      .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
      .flatMap(undescribedElements);
    expect(undescribed).toEqual([]);
  });

  it('gives a reason for every deprecation', () => {
    expect(COMMITTED.match(/@deprecated(?!\(reason: )/g)).toBeNull();
  });
});

function undescribedElements(type: GraphQLNamedType): string[] {
  const missing: string[] = type.description ? [] : [type.name];
  if (isEnumType(type)) {
    for (const value of type.getValues()) if (!value.description) missing.push(`${type.name}.${value.name}`);
  } else if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields()))
      if (!field.description) missing.push(`${type.name}.${field.name}`);
  } else if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      if (!field.description) missing.push(`${type.name}.${field.name}`);
      for (const argument of field.args)
        if (!argument.description) missing.push(`${type.name}.${field.name}(${argument.name}:)`);
    }
  }
  return missing;
}
