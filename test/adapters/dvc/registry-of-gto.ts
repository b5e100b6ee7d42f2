// What GTO would say of a repository, told from what the graph says of it after an import.

import type { TestRegistry } from '../../support/registry.ts';
import type { HistoryRow, ShownArtifact } from './gto.ts';

// biome-ignore lint/suspicious/noExplicitAny: the answer of a query; a test asserts what it reads
type Node = any;

const VERSION = `number createdAt deletedAt description source createdBy { name } stage tags { key value } aliases { alias }
  run { runId name }
  stageChanges(first: 200) { nodes { at from to comment actor { name } } }`;

const MODELS = `{ models(first: 500) { nodes { name createdAt tags { key value } exclusiveStages
  aliases { alias setAt setBy { name } version { number tags { key value } } }
  stageChanges(first: 1) { totalCount } } } }`;

/** Every version of every model, tombstones included, which only events lead to. */
async function allVersions({ ask }: TestRegistry): Promise<Map<string, Node[]>> {
  const found = new Map<string, Node>();
  let after: string | null = null;
  do {
    const { events }: Node = await ask(
      `query ($after: String) { events(first: 100, after: $after) { pageInfo { endCursor hasNextPage }
        nodes { __typename ... on VersionRegistered { modelName version { id ${VERSION} } } } } }`,
      { after },
    );
    for (const { modelName, version } of events.nodes) if (version) found.set(version.id, { ...version, modelName });
    after = events.pageInfo.hasNextPage ? events.pageInfo.endCursor : null;
  } while (after !== null);
  return Map.groupBy(found.values(), (version) => version.modelName as string);
}

/** The rows of `gto history`, in no order. */
export async function historyInGraph(registry: TestRegistry): Promise<HistoryRow[]> {
  const rows = new Map<string, HistoryRow>();
  for (const [modelName, versions] of await allVersions(registry)) {
    const artifact = modelName.replaceAll('~', '/').replaceAll('=', ':');
    for (const version of versions) for (const row of rowsOf(version, artifact)) rows.set(row.ref, row);
  }
  return [...rows.values()];
}

/** What `gto show` says of each artifact that is not deprecated. */
export async function shownInGraph(registry: TestRegistry): Promise<Record<string, ShownArtifact>> {
  const { models } = (await registry.ask(MODELS)) as Node;
  const versions = await allVersions(registry);
  const shown: Record<string, ShownArtifact> = {};
  for (const model of models.nodes) {
    if (tagOf(model, 'gto.deprecated') !== undefined) continue;
    const live = (versions.get(model.name) ?? []).filter((version) => version.deletedAt === null);
    const registered = live.flatMap((version) => tagOf(version, 'semver') ?? []).sort(bySemver);
    shown[tagOf(model, 'gto.artifact') ?? ''] = {
      version: registered.at(-1) ?? null,
      stage: Object.fromEntries(model.aliases.map(({ alias, version }: Node) => [alias, nameOf(version)])),
    };
  }
  return shown;
}

/** The versions of a model, by GTO's names for them. */
export async function versionsInGraph(registry: TestRegistry, model: string): Promise<Map<string, Node>> {
  const versions = (await allVersions(registry)).get(model) ?? [];
  return new Map(versions.map((version) => [nameOf(version), version]));
}

export function tagOf(node: Node, key: string): string | undefined {
  return node.tags.find((tag: Node) => tag.key === key)?.value;
}

function nameOf(version: Node): string {
  return tagOf(version, 'semver') ?? tagOf(version, 'git.commit') ?? '';
}

function* rowsOf(version: Node, artifact: string): Generator<HistoryRow> {
  const about = { artifact, commit: tagOf(version, 'git.commit') ?? '' };
  const registeredBy = tagOf(version, 'gto.registered') === undefined ? version : null;
  if (registeredBy && tagOf(version, 'semver') !== undefined) {
    yield {
      ...about,
      timestamp: seconds(version.createdAt),
      event: 'registration',
      version: nameOf(version),
      stage: null,
      author: version.createdBy.name,
      author_email: emailOf(tagOf(version, 'gto.tagger')),
      message: version.description,
      ref: tagOf(version, 'gto.ref') ?? '',
    };
  }
  for (const change of version.stageChanges.nodes) yield* rowOf(change, version, about);
  const deregistered = tagOf(version, 'gto.deregistered');
  if (deregistered === undefined) return;
  const tagger = tagOf(version, 'gto.deregisteredBy') ?? '';
  yield {
    ...about,
    timestamp: seconds(version.deletedAt),
    event: 'deregistration',
    version: nameOf(version),
    stage: null,
    author: tagger.replace(/ <.*$/, ''),
    author_email: emailOf(tagger),
    message: `Deregistering artifact ${artifact} version ${nameOf(version)}`,
    ref: deregistered,
  };
}

/** The row of the git tag that a stage change names: an assignment, or the deprecation of its artifact. */
function* rowOf(change: Node, version: Node, about: Pick<HistoryRow, 'artifact' | 'commit'>): Generator<HistoryRow> {
  const { comment, at, actor } = change;
  const [, message = '', ref = '', tagger = ''] = /^(?:([\s\S]*)\n\n)?GTO-Tag: (.*)\nTagger: (.*)$/.exec(comment) ?? [];
  const [, stage] = /^[^#]+#([^#!]+)!?#/.exec(ref) ?? [];
  const isDeprecation = /@deprecated(#|$)/.test(ref);
  const isConsequence = /^(Moved|Back|Archived)/.test(message);
  if (!isDeprecation && isConsequence) return;
  yield {
    ...about,
    timestamp: seconds(at),
    event: isDeprecation ? 'deprecation' : eventOf(ref, stage !== undefined),
    version: isDeprecation ? null : nameOf(version),
    stage: stage ?? null,
    author: actor.name,
    author_email: emailOf(tagger),
    message: isDeprecation ? `Deprecating artifact '${about.artifact}'` : message,
    ref,
  };
}

function eventOf(ref: string, isOfStage: boolean): string {
  const isCancelled = /!(#|$)/.test(ref);
  if (isOfStage) return isCancelled ? 'unassignment' : 'assignment';
  return isCancelled ? 'deregistration' : 'registration';
}

function emailOf(tagger = ''): string {
  return /<(.*)>$/.exec(tagger)?.[1] ?? '';
}

/** As GTO writes a time. */
function seconds(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19)}+00:00`;
}

function bySemver(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
