// Stages as they were last run: those of a dvc.lock, and the single one that an old .dvc file with a command holds.

import { type TrackedEntry, trackedEntry } from './tracked-entry.ts';
import { fieldsOf, isFields, listOf, textValue, valueText, type YamlFields, type YamlValue } from './yaml-values.ts';

export interface LockedStage {
  readonly name: string;
  /** Its commands, one a line. */
  readonly command: string;
  readonly deps: readonly TrackedEntry[];
  readonly outs: readonly TrackedEntry[];
  /** By key: `lr`, `train.epochs`, and with its file where that is not params.yaml: `conf/a.yaml:lr`. */
  readonly params: ReadonlyMap<string, string>;
}

type OnProblem = (part: string, reason: string) => void;

const LOCK_SCHEMA = '2.0';
/** The file whose keys DVC writes without it. */
const DEFAULT_PARAMS_FILE = 'params.yaml';

/**
 * The stages of a dvc.lock by name: of schema 2.0, or of the layout before it, which has them at its top.
 * @throws Error with a reason to report
 */
export function stagesOfLock(fields: YamlFields): YamlFields {
  const schema = fields.schema;
  if (schema === undefined) return fields;
  if (textValue(schema) !== LOCK_SCHEMA) {
    throw new Error(`has the schema ${valueText(schema)}; ${LOCK_SCHEMA} is the newest that is known`);
  }
  return fieldsOf(fields.stages);
}

/**
 * One stage.
 * @param folder what its paths are relative to
 * @throws Error with a reason to report, where it has no command; parts of it go to `onProblem`
 */
export function lockedStage(name: string, fields: YamlFields, folder: string, onProblem: OnProblem): LockedStage {
  const command = commandOf(fields.cmd);
  if (command === null) throw new Error('has no cmd');
  const deps = entriesIn(fields, 'deps', folder, onProblem);
  return {
    name,
    command,
    deps: deps.filter(({ params }) => params === null).map(({ entry }) => entry),
    outs: entriesIn(fields, 'outs', folder, onProblem).map(({ entry }) => entry),
    params: paramsOf(fields, deps),
  };
}

/** The entries of one of the lists; those that cannot be read are reported. */
export function entriesIn(
  fields: YamlFields,
  list: 'deps' | 'outs',
  folder: string,
  onProblem: OnProblem,
): { readonly entry: TrackedEntry; readonly params: YamlValue }[] {
  return listOf(fields[list]).flatMap((value, index) => {
    try {
      return { entry: trackedEntry(value, folder), params: fieldsOf(value).params ?? null };
    } catch (error) {
      onProblem(`${list}[${index}]`, (error as Error).message);
      return [];
    }
  });
}

function commandOf(value: YamlValue | undefined): string | null {
  const lines = Array.isArray(value) ? value : [value];
  const text = lines.flatMap((line) => textValue(line) ?? []).join('\n');
  return text === '' ? null : text;
}

function paramsOf(fields: YamlFields, deps: ReturnType<typeof entriesIn>): Map<string, string> {
  const params = new Map<string, string>();
  const byFile = Object.entries(fieldsOf(fields.params));
  // Files of DVC before 1.0 keep them among the dependencies.
  for (const { entry, params: values } of deps) if (values !== null) byFile.push([entry.path, values]);
  for (const [file, values] of byFile) {
    const prefix = file === DEFAULT_PARAMS_FILE ? '' : `${file}:`;
    for (const [key, value] of flattened(fieldsOf(values))) params.set(prefix + key, valueText(value));
  }
  return params;
}

/** The values of nested mappings, by their keys joined with dots. */
export function* flattened(fields: YamlFields, prefix = ''): Generator<[key: string, value: YamlValue]> {
  for (const [key, value = null] of Object.entries(fields)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (isFields(value) && Object.keys(value).length > 0) yield* flattened(value, path);
    else yield [path, value];
  }
}
