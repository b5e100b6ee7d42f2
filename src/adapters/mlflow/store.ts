// The one interface through which an import reads an MLflow store, wherever that lies.

import type { ImportedAlias, ImportedModel, ImportedVersion } from '../import/records.ts';
import type { TrackerStore } from '../import/tracker-store.ts';

/** A tracker's store with a registry, whose versions and aliases are judged by the models before them. */
export interface MlflowStore extends TrackerStore {
  readonly kind: 'files' | 'database';
  models(): AsyncGenerator<ImportedModel[]>;
  /** By model, then by number. */
  versions(): AsyncGenerator<ImportedVersion[]>;
  aliases(): AsyncGenerator<ImportedAlias[]>;
  /** Counts in the report what the graph has no place for. */
  countRest(): Promise<void>;
  close(): void;
}
