// What events say together of a dataset at one version, whichever runs they are about.

import { MAX_CHARACTERS } from '../../core/text.ts';
import type { ObservedDataset } from './event.types.ts';
import { isObject, type JsonObject } from './json-reader.ts';
import { schemeOf, splitName } from './names.ts';
import { Registers } from './registers.ts';
import { liveFacets } from './run-state.ts';
import { storableText } from './values.ts';

/** Facets of an input or output that summarise the data itself. */
const PROFILES = ['outputStatistics', 'dataQualityMetrics', 'inputStatistics'] as const;

export interface DatasetDescription {
  readonly sourceType: string | null;
  readonly source: string | null;
  readonly schemaText: string | null;
  readonly profile: string | null;
}

export class DatasetState {
  private constructor(private readonly registers: Registers) {}

  /** @param text what {@link toString} gave; empty where nothing was said yet */
  static from(text: string): DatasetState {
    return new DatasetState(new Registers(text === '' ? [] : JSON.parse(text)));
  }

  toString(): string {
    return JSON.stringify(this.registers);
  }

  add({ facets, useFacets }: ObservedDataset, at: number, by: string): void {
    for (const [name, value] of Object.entries(facets)) this.registers.put(name, { at, by, value });
    for (const name of PROFILES) {
      const value = useFacets[name];
      if (value) this.registers.put(name, { at, by, value });
    }
  }

  /** The facets that came last. */
  get facets(): Record<string, JsonObject> {
    return liveFacets(this.registers);
  }

  /** @param joinedName the dataset's name here */
  describe(joinedName: string): DatasetDescription {
    return describeFacets(joinedName, this.facets);
  }
}

/** What a dataset that nothing was said of is described by: its name alone. */
export function describeFacets(joinedName: string, facets: Readonly<Record<string, JsonObject>>): DatasetDescription {
  const own = facets.modelgraph_dataset;
  if (own) {
    return {
      sourceType: text(own.sourceType, MAX_CHARACTERS.datasetSourceType),
      source: text(own.source, MAX_CHARACTERS.document),
      schemaText: text(own.schema, MAX_CHARACTERS.document),
      profile: text(own.profile, MAX_CHARACTERS.document),
    };
  }
  const { dataSource, schema } = facets;
  const profile = PROFILES.flatMap((name) => {
    const facet = facets[name];
    return facet ? [[name, withoutBase(facet)] as const] : [];
  });
  return {
    sourceType: text(schemeOf(splitName(joinedName).namespace), MAX_CHARACTERS.datasetSourceType),
    source: text(dataSource?.uri ?? dataSource?.name, MAX_CHARACTERS.document),
    schemaText: schema ? JSON.stringify(withoutBase(schema)) : null,
    profile: profile.length > 0 ? JSON.stringify(Object.fromEntries(profile)) : null,
  };
}

/** A facet without what every facet has. */
function withoutBase(facet: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(facet).filter(([key]) => !key.startsWith('_')));
}

function text(value: unknown, limit: number): string | null {
  return typeof value === 'string' && value !== '' ? storableText(value, limit) : null;
}

/** The datasets that a dataset says it was derived from, with their versions where these are told. */
export function originsOf({ modelgraph_derivation: own, lineage }: Readonly<Record<string, JsonObject>>) {
  const listed = own?.derivedFrom ?? lineage?.inputs;
  return (Array.isArray(listed) ? listed : []).filter(
    (origin): origin is JsonObject => isObject(origin) && (origin.type === undefined || origin.type === 'DATASET'),
  );
}
