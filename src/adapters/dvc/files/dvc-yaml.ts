// A dvc.yaml: what its stages declare, which files hold metrics, and which artifacts it names.

import { folderOf, fromRoot, isTemplate, matcherOf } from './paths.ts';
import { fieldsOf, listOf, textValue, type YamlFields, type YamlValue } from './yaml-values.ts';

/** What a stage declares; its dependencies and outputs, with their states, are in the lock file. */
export interface StageDefinition {
  /** What its paths are relative to, from the root; null where a template says it. */
  readonly folder: string | null;
  readonly description: string | null;
  /** Tells whether a path from the root holds metrics of the stage. */
  readonly isMetrics: (path: string) => boolean;
}

/** An artifact that GTO registers versions of. */
export interface ArtifactDeclaration {
  /** Within the folder of its file. */
  readonly name: string;
  /** From the root. */
  readonly path: string;
  readonly description: string | null;
  readonly type: string | null;
  readonly labels: readonly string[];
  readonly meta: YamlValue;
}

export interface DvcYaml {
  readonly folder: string;
  readonly stages: ReadonlyMap<string, StageDefinition>;
  /** Files of metrics that the project lists, from the root. */
  readonly metrics: readonly string[];
  readonly artifacts: readonly ArtifactDeclaration[];
}

/** What a dvc.yaml says. @param onProblem told of parts that cannot be read */
export function dvcYaml(path: string, fields: YamlFields, onProblem: (part: string, reason: string) => void): DvcYaml {
  const folder = folderOf(path);
  const stages = new Map<string, StageDefinition>();
  for (const [name, value] of Object.entries(fieldsOf(fields.stages))) {
    const stage = fieldsOf(value);
    // `foreach` has the definition of its stages below `do`, `matrix` beside it.
    stages.set(name, stageDefinition(folder, stage.do === undefined ? stage : fieldsOf(stage.do)));
  }
  const artifacts: ArtifactDeclaration[] = [];
  for (const [name, value] of Object.entries(fieldsOf(fields.artifacts))) {
    const artifact = artifactDeclaration(folder, name, fieldsOf(value));
    if (artifact) artifacts.push(artifact);
    else onProblem(`artifacts.${name}`, 'has no path; the artifact is known by its tags only');
  }
  return { folder, stages, artifacts, metrics: pathsIn(fields.metrics).map((metrics) => fromRoot(folder, metrics)) };
}

/** The definition of a stage by its name in the lock file; `stage@key` is one of the group `stage`. */
export function definitionOf({ stages }: DvcYaml, name: string): StageDefinition | undefined {
  return stages.get(name) ?? stages.get(name.split('@')[0] ?? name);
}

function stageDefinition(parent: string, fields: YamlFields): StageDefinition {
  const wdir = textValue(fields.wdir) ?? '.';
  const folder = isTemplate(wdir) ? null : fromRoot(parent, wdir) || '.';
  const matchers = pathsIn(fields.metrics).map((path) => matcherOf(fromRoot(folder ?? '', path)));
  return {
    folder,
    description: textValue(fields.desc),
    isMetrics: (path) => matchers.some((matches) => matches(path)),
  };
}

function artifactDeclaration(folder: string, name: string, fields: YamlFields): ArtifactDeclaration | null {
  const path = textValue(fields.path);
  if (path === null) return null;
  return {
    name,
    path: fromRoot(folder, path),
    description: textValue(fields.desc),
    type: textValue(fields.type),
    labels: listOf(fields.labels).flatMap((label) => textValue(label) ?? []),
    meta: fields.meta ?? null,
  };
}

/** The paths of a list whose entries are paths, or mappings of a path to its flags. */
function pathsIn(value: YamlValue | undefined): string[] {
  return listOf(value).flatMap((entry) => textValue(entry) ?? Object.keys(fieldsOf(entry)));
}
