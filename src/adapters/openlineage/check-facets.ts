// The facets that are read here, as their specifications have them. Others are kept as they are.

import type { JsonReader } from './json-reader.ts';
import { readRunId, readTime } from './values.ts';

export type FacetChecks = Readonly<Record<string, (facet: JsonReader) => void>>;

export const RUN_FACETS: FacetChecks = {
  parent: (facet) => {
    const [run, job] = [facet.at('run'), facet.at('job')];
    run.object();
    readRunId(run.at('runId'));
    job.object();
    for (const key of ['namespace', 'name']) job.at(key).text();
  },
  nominalTime: (facet) => {
    readTime(facet.at('nominalStartTime'));
    if (facet.at('nominalEndTime').isGiven) readTime(facet.at('nominalEndTime'));
  },
  errorMessage: (facet) => {
    facet.at('message').text();
    facet.at('programmingLanguage').text();
  },
  processing_engine: (facet) => {
    facet.at('version').text();
    facet.at('name').optionalText();
  },
  tags: checkTags,
  modelgraph_run: (facet) => {
    for (const key of ['name', 'gitCommit', 'entryPoint', 'notebook']) facet.at(key).optionalText();
  },
};

export const JOB_FACETS: FacetChecks = {
  sourceCodeLocation: (facet) => {
    for (const key of ['type', 'url']) facet.at(key).text();
    for (const key of ['repoUrl', 'path', 'version']) facet.at(key).optionalText();
  },
  documentation: (facet) => {
    facet.at('description').text();
  },
  tags: checkTags,
};

export const DATASET_FACETS: FacetChecks = {
  version: (facet) => {
    facet.at('datasetVersion').text();
  },
  schema: (facet) => checkFields(facet),
  dataSource: (facet) => {
    for (const key of ['name', 'uri']) facet.at(key).optionalText();
  },
  lineage: (facet) => {
    for (const input of facet.at('inputs').items()) {
      input.object();
      input.at('type').text();
      if (input.at('type').value !== 'DATASET') continue;
      for (const key of ['namespace', 'name']) input.at(key).text();
    }
  },
  modelgraph_dataset: (facet) => {
    for (const key of ['sourceType', 'source', 'schema', 'profile']) facet.at(key).optionalText();
  },
  modelgraph_derivation: (facet) => {
    for (const origin of facet.at('derivedFrom').items()) {
      origin.object();
      for (const key of ['namespace', 'name', 'version']) origin.at(key).text();
    }
  },
};

function checkTags(facet: JsonReader): void {
  for (const tag of facet.at('tags').items()) {
    tag.object();
    for (const key of ['key', 'value']) tag.at(key).text();
  }
}

/** Fields have fields where they are structures. */
function checkFields(parent: JsonReader): void {
  for (const field of parent.at('fields').items()) {
    field.object();
    field.at('name').text();
    field.at('type').optionalText();
    checkFields(field);
  }
}
