// Which code a run executed, from its tags or, in old stores, from the run's own fields.

import type { TextKind } from '../../core/text.ts';
import type { ImportedRunSource } from '../import/records.ts';
import { textProblem } from '../import/text.ts';
import type { RawFields } from './raw-fields.ts';

/** Old file stores keep the number of the enum of MLflow's protocol; 1 is a notebook, 3 a project. */
const NOTEBOOK = new Set(['NOTEBOOK', '1']);
const PROJECT = new Set(['PROJECT', '3']);

/** Somewhere a repository can be cloned from, as the source of a project usually is. */
const REPOSITORY = /^(git@|ssh:\/\/|https?:\/\/|git\+|file:\/\/)/;

/** Null where nothing is known of it. */
export function runSourceOf(tags: ReadonlyMap<string, string>, fields: RawFields): ImportedRunSource | null {
  const tag = (key: string, kind: TextKind = 'codePath') => {
    const value = tags.get(key);
    // A tag that cannot be stored has been reported as a tag already.
    if (!value || textProblem(value, 'value') !== null) return null;
    const problem = textProblem(value, kind);
    if (problem) fields.report.addNote(`The source of a run ${problem}, and is a tag only`, `${fields.place}: ${key}`);
    return problem ? null : value;
  };
  const type = tag('mlflow.source.type') ?? fields.filled('source_type', 'codePath') ?? '';
  const name = tag('mlflow.source.name') ?? fields.filled('source_name', 'codePath');
  const gitCommit = tag('mlflow.source.git.commit', 'gitCommit') ?? fields.filled('source_version', 'gitCommit');
  const projectEntryPoint = tag('mlflow.project.entryPoint') ?? fields.filled('entry_point_name', 'codePath');

  const notebook = tag('mlflow.databricks.notebookPath') ?? (NOTEBOOK.has(type) ? name : null);
  const projectRepository = PROJECT.has(type) && name && REPOSITORY.test(name) ? name : null;
  const gitRepository = tag('mlflow.source.git.repoURL') ?? tag('mlflow.gitRepoURL') ?? projectRepository;
  // A script is its own entry point; the name of a notebook or of a project's repository is told already.
  const script = name !== notebook && name !== projectRepository ? name : null;
  const entryPoint = projectEntryPoint ?? script;
  if (!gitCommit && !gitRepository && !entryPoint && !notebook) return null;
  return { gitCommit, gitRepository, entryPoint, notebook };
}
