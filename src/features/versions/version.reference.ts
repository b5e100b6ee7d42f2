// How one version of a model is named: by number, alias or stage, or as the latest; and the `models:/…` form of that.

import { Invalid } from '../../core/errors.ts';
import { quoted } from '../../core/ids.ts';
import { checkText } from '../../core/text.ts';
import { type Sql, sql } from '../../database/sql.ts';
import { Stage } from '../models/stage.types.ts';

/** What picks one version among those of a model. */
export type VersionReference =
  | { readonly number: number }
  | { readonly alias: string }
  | { readonly stage: Stage }
  | { readonly isLatest: true };

export interface VersionUri {
  readonly modelName: string;
  readonly reference: VersionReference;
}

const FORMS =
  '`models:/<name>/<number>`, `models:/<name>/<stage>`, `models:/<name>@<alias>` and `models:/<name>@latest`, with the name percent-encoded';
const BY_NUMBER_OR_STAGE = /^models:\/([^/]+)\/([^/]+)$/;
const BY_ALIAS = /^models:\/([^/]+)@([A-Za-z0-9_-]+)$/;
const NUMBER = /^[1-9][0-9]{0,9}$/;
const LATEST = /^latest$/i;

/** @throws Invalid naming the forms that there are */
export function parseVersionUri(uri: string, field: string): VersionUri {
  checkText(uri, field, 'uri');
  const [, alias, aliasName] = BY_ALIAS.exec(uri) ?? [];
  if (alias !== undefined && aliasName !== undefined) {
    return { modelName: decoded(alias, uri, field), reference: aliasReference(aliasName) };
  }
  const [, model, place] = BY_NUMBER_OR_STAGE.exec(uri) ?? [];
  const reference = place === undefined ? undefined : numberOrStage(place);
  if (model === undefined || !reference) throw notOneOfTheForms(uri, field);
  return { modelName: decoded(model, uri, field), reference };
}

/** An alias, where `latest` stands for the highest number. */
export function aliasReference(alias: string): VersionReference {
  return LATEST.test(alias) ? { isLatest: true } : { alias };
}

/** The canonical form. */
export function versionUri(modelName: string, number: number): string {
  return `models:/${encodeURIComponent(modelName)}/${number}`;
}

/** As a condition on a live version `v` of a model. Where several match, as in a stage, the highest number is meant. */
export function referenceCondition(reference: Exclude<VersionReference, { alias: string }>): Sql {
  if ('number' in reference) return sql`v.number = ${reference.number}`;
  return 'stage' in reference ? sql`v.stageName = ${reference.stage}` : sql`1 = 1`;
}

function numberOrStage(place: string): VersionReference | undefined {
  if (NUMBER.test(place)) return { number: Number(place) };
  const stage = Object.values(Stage).find((known) => known === place.toUpperCase());
  return stage && { stage };
}

function decoded(name: string, uri: string, field: string): string {
  try {
    return checkText(decodeURIComponent(name), field, 'uri');
  } catch (error) {
    throw error instanceof Invalid ? error : notOneOfTheForms(uri, field);
  }
}

function notOneOfTheForms(uri: string, field: string): Invalid {
  return new Invalid(field, `${quoted(uri)} names no version; the forms are ${FORMS}.`);
}
