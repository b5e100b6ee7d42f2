// The artifacts of a repository as models and versions, with what its dvc.yaml says of them.

import { MAX_CHARACTERS } from '../../../core/text.ts';
import { type RawEntry, readableEntries } from '../../import/readable-entries.ts';
import type { ImportedModel, ImportedVersion } from '../../import/records.ts';
import type { ImportReport } from '../../import/report.ts';
import { modelNameProblem, textProblem } from '../../import/text.ts';
import { gitSource } from '../dataset-names.ts';
import type { DvcStore } from '../dvc-store.ts';
import { flattened } from '../files/locked-stages.ts';
import { isFields, valueText } from '../files/yaml-values.ts';
import type { Repository } from '../repository/open-repository.ts';
import type { Artifact, Snapshot } from '../snapshot.ts';
import type { HistoryVersion } from './artifact-history.ts';
import type { GtoEvent } from './gto-events.ts';
import { modelNameOf } from './tag-name.ts';

/** The tag of a version that it is found again by: the git tag that made it. */
export const REF_TAG = 'gto.ref';

const SEMVER_TAG = 'semver';

/** The artifact that a snapshot declares under GTO's name for it. */
export function artifactIn(snapshot: Snapshot | undefined, name: string): Artifact | undefined {
  return snapshot?.artifacts.find((artifact) => gtoNameOf(artifact) === name);
}

/** `name` in the dvc.yaml at the root, `folder:name` in another. */
export function gtoNameOf({ folder, name }: Pick<Artifact, 'folder' | 'name'>): string {
  return folder === '' ? name : `${folder}:${name}`;
}

/** The model of an artifact, or the reason why there is none. */
export function modelRecord(
  name: string,
  declared: Artifact | undefined,
  createdAt: number,
  repository: Repository,
  report: ImportReport,
): ImportedModel | { readonly problem: string } {
  const modelName = modelNameOf(name);
  const problem = modelNameProblem(modelName);
  if (problem) return { problem };
  const place = `artifacts: ${name}`;
  const tags = [{ key: 'gto.artifact', value: name }, ...factsOf(declared)];
  if (repository.address) tags.push({ key: 'dvc.repository', value: repository.address.url });
  const description = declared?.description ?? null;
  const unfit = description === null ? null : textProblem(description, 'description');
  if (unfit) report.addUnreadable(`${place}: desc`, unfit);
  report.count('models');
  return {
    name: modelName,
    description: unfit ? null : description,
    tags: readableEntries(tags, 'tags', (key) => `${place}: ${key}`, place, report),
    createdAt,
    updatedAt: createdAt,
  };
}

/** A version of it; its number is the next one of its model. */
export function versionRecord(
  model: ImportedModel,
  artifactName: string,
  { begin, registration, end }: HistoryVersion,
  { repository, store, snapshot }: { repository: Repository; store: DvcStore; snapshot: Snapshot | undefined },
  report: ImportReport,
): Omit<ImportedVersion, 'number' | 'stage'> {
  const place = `tag ${begin.ref}`;
  const declared = artifactIn(snapshot, artifactName);
  const origin = snapshot && declared ? store.originOf(snapshot, declared.path) : undefined;
  const tags: RawEntry[] = [
    { key: 'git.commit', value: begin.commit },
    { key: REF_TAG, value: begin.ref },
    { key: 'gto.tagger', value: identityOf(begin) },
    ...factsOf(declared),
  ];
  // One that came later than the version has a time of its own.
  if (registration === begin) tags.push({ key: SEMVER_TAG, value: begin.version });
  if (end) tags.push(...tagsOfEnd(end));
  if (origin?.digest) tags.push({ key: 'dvc.digest', value: origin.digest });
  report.count('versions');
  return {
    modelName: model.name,
    status: 'READY',
    statusMessage: null,
    description: begin.message === '' ? null : begin.message.slice(0, MAX_CHARACTERS.description / 2),
    source: declared ? gitSource(repository.address?.url ?? null, begin.commit, declared.path) : null,
    runId: origin?.runId ?? null,
    createdBy: actorOf(begin),
    tags: readableEntries(tags, 'tags', (key) => `${place}: ${key}`, place, report),
    createdAt: begin.at,
    updatedAt: end?.at ?? begin.at,
    deletedAt: end?.at ?? null,
  };
}

/** What a version that was deregistered says of that. */
export function tagsOfEnd(end: GtoEvent): { key: string; value: string }[] {
  return [
    { key: 'gto.deregistered', value: end.ref },
    { key: 'gto.deregisteredBy', value: identityOf(end) },
  ];
}

/** What a version that began by an assignment says of its registration later. */
export function tagsOfRegistration({ ref, version }: GtoEvent): { key: string; value: string }[] {
  return [
    { key: SEMVER_TAG, value: version ?? '' },
    { key: 'gto.registered', value: ref },
  ];
}

/** The tagger, as whoever looks at the history sees them; null where git has no name. */
export function actorOf({ author }: GtoEvent): string | null {
  return author !== '' && textProblem(author, 'actor') === null ? author : null;
}

/** The message of a git tag, with its name and tagger as trailers. */
export function commentOf(event: GtoEvent, consequence?: string): string {
  const trailers = `GTO-Tag: ${event.ref}\nTagger: ${identityOf(event)}`;
  const message = (consequence ?? event.message).slice(0, MAX_CHARACTERS.comment / 2);
  return message === '' ? trailers : `${message}\n\n${trailers}`;
}

function identityOf({ author, email }: GtoEvent): string {
  return `${author} <${email}>`.slice(0, MAX_CHARACTERS.comment / 8);
}

function factsOf(artifact: Artifact | undefined): RawEntry[] {
  if (!artifact) return [];
  const { path, type, labels, meta } = artifact;
  const tags = [{ key: 'dvc.path', value: path }];
  if (type !== null) tags.push({ key: 'dvc.type', value: type });
  if (labels.length > 0) tags.push({ key: 'dvc.labels', value: labels.join(', ') });
  if (isFields(meta))
    for (const [key, value] of flattened(meta)) tags.push({ key: `dvc.meta.${key}`, value: valueText(value) });
  return tags;
}
