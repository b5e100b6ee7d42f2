// The names of git tags that GTO writes, read by the grammar of GTO 1.10.

export type GtoAction = 'register' | 'deregister' | 'assign' | 'unassign' | 'deprecate';

export interface GtoTagName {
  /** `name`, or `folder:name`. */
  readonly artifact: string;
  readonly action: GtoAction;
  /** `v1.2.0` */
  readonly version: string | null;
  readonly stage: string | null;
  /** Counts the tags of the artifact that have one. */
  readonly counter: number | null;
}

const NAME = '[a-zA-Z0-9](?:[a-zA-Z0-9/_-]*[a-zA-Z0-9])?';
const FOLDER = '[a-zA-Z0-9_./-]+';
const NUMBER = '(?:0|[1-9]\\d*)';
const PRERELEASE = `(?:${NUMBER}|\\d*[a-zA-Z-][0-9a-zA-Z-]*)`;
const VERSION = `v${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${PRERELEASE}(?:\\.${PRERELEASE})*)?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?`;
/** In tags, `=` stands between folder and name, where GTO shows `:`. */
const TAG = new RegExp(
  `^(?<artifact>(?:${FOLDER}=)?${NAME})(?:(?:#(?<stage>${NAME})|@(?<version>${VERSION}))(?<cancel>!?)|@(?<word>deprecated|created))(?:#(?<counter>[0-9]+))?$`,
);

/** What a tag says by its name; null where it is none of GTO's. */
export function parseTagName(tag: string): GtoTagName | null {
  const parts = TAG.exec(tag)?.groups;
  // `created` is in the grammar, but no version of GTO writes or reads it.
  if (!parts?.artifact || parts.word === 'created') return null;
  const { stage = null, version = null, cancel, counter } = parts;
  return {
    artifact: parts.artifact.replaceAll('=', ':'),
    action: actionOf(stage, version, cancel === '!'),
    version,
    stage,
    counter: counter === undefined ? null : Number(counter),
  };
}

function actionOf(stage: string | null, version: string | null, isCancelled: boolean): GtoAction {
  if (stage !== null) return isCancelled ? 'unassign' : 'assign';
  if (version !== null) return isCancelled ? 'deregister' : 'register';
  return 'deprecate';
}

/**
 * The name of the model of an artifact: a model's name has no `/` and `:`, so they become `~` and `=`, which no artifact
 * has in its name.
 */
export function modelNameOf(artifact: string): string {
  return artifact.replaceAll('/', '~').replaceAll(':', '=');
}

/** The alias of a stage: `/` becomes `__`, and what would read like a version is called `stage-…`. */
export function aliasOfStage(stage: string): string {
  const alias = stage.replaceAll('/', '__');
  return /^(latest|v[0-9]+)$/i.test(alias) ? `stage-${alias}` : alias;
}
