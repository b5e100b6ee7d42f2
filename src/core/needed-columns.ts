// Which columns of its rows a selection needs, so that only these are read.

import { defaultFieldResolver, type GraphQLResolveInfo, isObjectType } from 'graphql';
import { Extensions } from 'type-graphql';
import { ByFieldNodes } from './by-field-nodes.ts';
import { selectedFields } from './selected-fields.ts';

const NEEDS = 'neededColumns';

/** Columns of an entity by name; null for all of them. */
export type Columns = readonly string[] | null;

/**
 * Declares which columns a field reads of its object, where that is not the column of its name. Of an object with a
 * field that is neither a column nor declared, all columns are read.
 */
export function Needs(...columns: readonly string[]): MethodDecorator & PropertyDecorator {
  return Extensions({ [NEEDS]: columns });
}

type Info = Pick<GraphQLResolveInfo, 'schema' | 'fieldNodes' | 'fragments'>;
type Paths = readonly (readonly string[])[];

const known = new ByFieldNodes<Map<string, Columns>>();

/**
 * The columns, A–Z, that are needed of the objects of a type at paths below the field that is being resolved.
 * @param paths such as `[[]]` for its value itself
 * @param columns all there are
 * @param always those that are needed whatever is selected; by its row number a row is told from others
 */
export function neededColumns(
  info: Info,
  paths: Paths,
  typeName: string,
  columns: ReadonlySet<string>,
  always: readonly string[] = ['pk'],
): Columns {
  const ofField = known.get(info.fieldNodes, () => new Map());
  const key = `${typeName} ${paths.join(' ')}`;
  let needed = ofField.get(key);
  if (needed === undefined) {
    needed = workOut(info, paths, typeName, columns, always);
    ofField.set(key, needed);
  }
  return needed;
}

function workOut(
  info: Info,
  paths: Paths,
  typeName: string,
  columns: ReadonlySet<string>,
  always: readonly string[],
): Columns {
  const type = info.schema.getType(typeName);
  if (!isObjectType(type)) return null;
  const fields = type.getFields();
  const needed = new Set(always);
  for (const name of paths.flatMap((path) => [...selectedFields(info, path)])) {
    if (name === '__typename') continue;
    const field = fields[name];
    const isProperty = !field?.resolve || field.resolve === defaultFieldResolver;
    const declared = field?.extensions[NEEDS] as readonly string[] | undefined;
    const ofField = declared ?? (isProperty && columns.has(name) ? [name] : undefined);
    if (!ofField) return null;
    for (const column of ofField) needed.add(column);
  }
  return [...needed].sort();
}
