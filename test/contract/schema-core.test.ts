// The public contract: the emitted schema has everything that schema-core.graphql promises, under the same names.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  astFromValue,
  buildSchema,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
  print,
} from 'graphql';

function read(path: string): GraphQLSchema {
  return buildSchema(readFileSync(join(import.meta.dirname, path), 'utf8'));
}

describe('the public contract', () => {
  const promised = elementsOf(read('schema-core.graphql'));
  const emitted = new Set(elementsOf(read('../../schema.graphql')));

  it('is kept: types, fields, arguments, defaults, enum values, interfaces and unions', () => {
    expect(promised.filter((element) => !emitted.has(element))).toEqual([]);
  });

  it('adds no argument or input field that a caller of the contract would have to give', () => {
    const isRequired = /:: [^=]*!\)?$/;
    const owner = (element: string) => element.replace(/\(.*|\.\w+::.*/, '');
    const owners = new Set(promised.map((element) => element.replace(/ \(.*|:.*/, '')));
    const added = [...emitted].filter((element) => isRequired.test(element) && !promised.includes(element));
    expect(added.filter((element) => owners.has(owner(element)))).toEqual([]);
  });
});

/** Every element of a schema as one line that says all of it that a client relies on. */
function elementsOf(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type))
    .flatMap(linesOf);
}

function linesOf(type: GraphQLNamedType): string[] {
  const { name } = type;
  if (isScalarType(type)) return [`${name} (scalar)`];
  if (isEnumType(type)) return [`${name} (enum)`, ...type.getValues().map((value) => `${name} = ${value.name}`)];
  if (isUnionType(type)) return [`${name} (union)`, ...type.getTypes().map((member) => `${name} = ${member.name}`)];
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).map((field) => `${name}.${input(field)}`);
    return [`${name} (input${type.isOneOf ? ' @oneOf' : ''})`, ...fields];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const lines = [`${name} (${isObjectType(type) ? 'type' : 'interface'})`];
  for (const parent of type.getInterfaces()) lines.push(`${name} implements ${parent.name}`);
  for (const field of Object.values(type.getFields())) {
    lines.push(`${name}.${field.name}: ${field.type}`);
    for (const argument of field.args) lines.push(`${name}.${field.name}(${input(argument)})`);
  }
  return lines;
}

function input({ name, type, defaultValue }: Pick<GraphQLInputField, 'name' | 'type' | 'defaultValue'>): string {
  const value = defaultValue === undefined ? undefined : astFromValue(defaultValue, type);
  return `${name}:: ${type}${value ? ` = ${print(value)}` : ''}`;
}
