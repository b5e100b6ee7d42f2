// The facts that versions and aliases record. Their model is the subject.

import type { Fact } from '../../database/transaction.ts';
import type { Model } from '../models/model.entity.ts';
import type { FieldChange } from '../tags/tag.service.ts';
import type { ModelVersion } from './version.entity.ts';

const about = (version: ModelVersion) => ({ versionPk: version.pk, number: version.number });

export const versionRegistered = (model: Model, version: ModelVersion, comment?: string | null): Fact =>
  model.fact('VERSION_REGISTERED', { at: version.createdAt, comment, payload: about(version) });

export const versionUpdated = (
  model: Model,
  version: ModelVersion,
  at: number,
  changes: readonly FieldChange[],
  comment?: string | null,
): Fact => model.fact('VERSION_UPDATED', { at, comment, payload: { ...about(version), changes } });

export const versionDeleted = (model: Model, version: ModelVersion, at: number, comment?: string | null): Fact =>
  model.fact('VERSION_DELETED', { at, comment, payload: about(version) });

/** One end of an alias's move. */
export interface AliasTarget {
  readonly pk: number;
  readonly number: number;
}

export const aliasChanged = (
  model: Model,
  at: number,
  { alias, from, to }: { readonly alias: string; readonly from?: AliasTarget; readonly to?: AliasTarget },
  comment?: string | null,
): Fact =>
  model.fact('ALIAS_CHANGED', {
    at,
    comment,
    payload: {
      alias,
      fromPk: from?.pk ?? null,
      fromNumber: from?.number ?? null,
      toPk: to?.pk ?? null,
      toNumber: to?.number ?? null,
    },
  });
