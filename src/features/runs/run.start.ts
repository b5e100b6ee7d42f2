// What an input says of a run that is to start, checked as far as that needs no database.

import { pkOf } from '../../core/ids.ts';
import { checkName, checkOptional } from '../../core/text.ts';
import { isGiven } from '../../database/filters.ts';
import { checkTags } from '../tags/tag.types.ts';
import { checkParams } from './param.types.ts';
import type { StartRunInput } from './run.inputs.ts';
import { randomRunName } from './run.names.ts';

/** The columns of the run that an input describes, with its tags and params. @throws Invalid, Conflict */
export function checkStart(input: StartRunInput) {
  const { name, source, parent } = input;
  return {
    name: isGiven(name) ? checkName(name, 'input.name', 'runName') : randomRunName(),
    description: checkOptional(input.description, 'input.description', 'description'),
    parentPk: isGiven(parent) ? pkOf('Run', parent, 'input.parent') : null,
    gitCommit: checkOptional(source?.gitCommit, 'input.source.gitCommit', 'gitCommit'),
    gitRepository: checkOptional(source?.gitRepository, 'input.source.gitRepository', 'codePath'),
    entryPoint: checkOptional(source?.entryPoint, 'input.source.entryPoint', 'codePath'),
    notebook: checkOptional(source?.notebook, 'input.source.notebook', 'codePath'),
    artifactUri: checkOptional(input.artifactUri, 'input.artifactUri', 'uri'),
    tags: checkTags(input.tags, 'input.tags'),
    params: checkParams(input.params, 'input.params'),
  };
}
