// Events of OpenLineage as they are once they are checked.

import type { JsonObject } from './json-reader.ts';
import type { QualifiedName } from './names.ts';

export const EVENT_TYPES = ['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER'] as const;
export type EventKind = (typeof EVENT_TYPES)[number];

export type Facets = Readonly<Record<string, JsonObject>>;

export interface ObservedJob extends QualifiedName {
  readonly facets: Facets;
}

export interface ObservedDataset extends QualifiedName {
  /** Both parts as the one name of the dataset here. */
  readonly joinedName: string;
  readonly digest: string;
  readonly facets: Facets;
  /** What is said of it as an input or output of this run only. */
  readonly useFacets: Facets;
}

interface AnyEvent {
  /** Epoch milliseconds, with their fraction. */
  readonly at: number;
  /** A digest of the whole event: it decides between events of the same time, the same on every instance. */
  readonly digest: string;
}

export interface RunEvent extends AnyEvent {
  readonly kind: 'run';
  readonly eventType: EventKind;
  /** 32 hexadecimal digits. */
  readonly runId: string;
  readonly runFacets: Facets;
  readonly job: ObservedJob;
  readonly inputs: readonly ObservedDataset[];
  readonly outputs: readonly ObservedDataset[];
}

export interface JobEvent extends AnyEvent {
  readonly kind: 'job';
  readonly job: ObservedJob;
  readonly inputs: readonly ObservedDataset[];
  readonly outputs: readonly ObservedDataset[];
}

export interface DatasetEvent extends AnyEvent {
  readonly kind: 'dataset';
  readonly dataset: ObservedDataset;
}

export type LineageEvent = RunEvent | JobEvent | DatasetEvent;
