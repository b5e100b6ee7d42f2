// A registry in memory behind a real HTTP endpoint: executes the public schema and remembers what a client recorded, nothing more.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ExecutionResult, GraphQLError, graphql } from 'graphql';
import type * as Inputs from '../../src/cli/demo/operations.generated.ts';
import { readPublicSchema } from './schema-file.ts';

type Pair = { key: string; value: string };

export interface RecordedRun {
  id: string;
  runId: string;
  name: string;
  experiment: string;
  parent: string | null | undefined;
  status: string;
  params: readonly Pair[];
  tags: Pair[];
  points: Inputs.MetricPointInput[];
  inputs: { dataset: string | null | undefined; context: string | null | undefined }[];
  artifactUri: string | null | undefined;
}

export interface RecordedVersion {
  number: number;
  run: RecordedRun | undefined;
  stage: Inputs.Stage;
  source: string | null | undefined;
  description: string | null | undefined;
}

export interface RecordedModel {
  id: string;
  name: string;
  versions: RecordedVersion[];
  aliases: Map<string, RecordedVersion>;
  stageChanges: { version: RecordedVersion; to: Inputs.Stage; comment: string | null | undefined }[];
}

export class RecordingRegistry {
  readonly experiments = new Map<string, Inputs.CreateExperimentInput>();
  readonly datasets: (Inputs.RecordDatasetInput & { id: string })[] = [];
  readonly runs: RecordedRun[] = [];
  readonly models = new Map<string, RecordedModel>();
  /** The names of the operations that were executed, in order. */
  readonly operations: string[] = [];
  readonly actors = new Set<string>();
  /** How many requests it still answers before it refuses every one; as if the server had been stopped. */
  remainingRequests = Number.POSITIVE_INFINITY;

  private readonly schema = readPublicSchema();
  private readonly server: Server = createServer((request, response) => {
    this.actors.add(String(request.headers['x-actor']));
    void text(request).then(async (body) => {
      this.remainingRequests -= 1;
      if (this.remainingRequests < 0) return void response.destroy();
      const result = await this.execute(JSON.parse(body));
      response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/graphql`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  run(id: string): RecordedRun {
    return found(
      this.runs.find((run) => run.id === id),
      `run ${id}`,
    );
  }

  model(name: string | undefined): RecordedModel {
    return found(this.models.get(name ?? ''), `model ${name}`);
  }

  private execute({
    query,
    variables,
  }: {
    query: string;
    variables: Record<string, unknown>;
  }): Promise<ExecutionResult> {
    this.operations.push(/(?:query|mutation) (\w+)/.exec(query)?.[1] ?? '');
    return graphql({
      schema: this.schema,
      source: query,
      variableValues: variables,
      rootValue: { ...this.queries, ...this.trackingMutations, ...this.registryMutations },
    });
  }

  private readonly queries = {
    experiment: ({ by }: { by: { name: string } }) => {
      if (!this.experiments.has(by.name)) return null;
      const runs = ({ filter }: { filter: { tag: { key: string } } }) => ({
        nodes: this.runs
          .filter((run) => run.experiment === by.name && run.tags.some((tag) => tag.key === filter.tag.key))
          .map((run) => ({ ...run, metrics: latestPoints(run) })),
      });
      return { id: by.name, runs };
    },
    dataset: ({ by }: { by: { key: { name: string; digest: string } } }) =>
      this.datasets.find(({ name, digest }) => name === by.key.name && digest === by.key.digest),
    model: ({ by }: { by: { name: string } }) => {
      const model = this.models.get(by.name);
      return (
        model && {
          id: model.id,
          versions: { nodes: model.versions },
          aliases: [...model.aliases].map(([alias, version]) => ({ alias, version })),
          stageChanges: { nodes: model.stageChanges },
        }
      );
    },
  };

  private readonly trackingMutations = {
    recordDataset: ({ input }: { input: Inputs.RecordDatasetInput }) => {
      const dataset = { ...input, id: `dataset-${this.datasets.length + 1}` };
      this.datasets.push(dataset);
      return { dataset };
    },
    createExperiment: ({ input }: { input: Inputs.CreateExperimentInput }) => {
      if (this.experiments.has(input.name)) throw new GraphQLError(`experiment "${input.name}" exists`);
      this.experiments.set(input.name, input);
      return { experiment: { id: input.name } };
    },
    startRun: ({ input }: { input: Inputs.StartRunInput }) => {
      const number = this.runs.length + 1;
      const run: RecordedRun = {
        id: `run-${number}`,
        runId: String(number).padStart(32, '0'),
        name: input.name ?? '',
        experiment: input.experiment.name ?? '',
        parent: input.parent,
        status: 'RUNNING',
        params: input.params ?? [],
        tags: [...(input.tags ?? [])],
        points: [],
        inputs: [],
        artifactUri: input.artifactUri,
      };
      this.runs.push(run);
      return { run };
    },
    logInputs: ({ input }: { input: Inputs.LogInputsInput }) => {
      const run = this.run(input.run);
      run.inputs.push(...input.inputs.map(({ dataset, context }) => ({ dataset, context })));
      return { run };
    },
    logBatch: ({ input }: { input: Inputs.LogBatchInput }) => {
      const run = this.run(input.run);
      run.points.push(...(input.metrics ?? []));
      run.tags.push(...(input.tags ?? []));
      return { run };
    },
    endRun: ({ input }: { input: Inputs.EndRunInput }) => {
      const run = this.run(input.run);
      run.status = input.status ?? 'FINISHED';
      return { run };
    },
  };

  private readonly registryMutations = {
    registerModel: ({ input: { name } }: { input: Inputs.RegisterModelInput }) => {
      if (this.models.has(name)) throw new GraphQLError(`model "${name}" exists`);
      const model: RecordedModel = { id: name, name, versions: [], aliases: new Map(), stageChanges: [] };
      this.models.set(name, model);
      return { model };
    },
    registerVersion: ({ input }: { input: Inputs.RegisterVersionInput }) => {
      const { versions } = this.model(input.model.name);
      const { source, description } = input;
      const run = input.run ? this.run(input.run) : undefined;
      const version: RecordedVersion = { number: versions.length + 1, run, stage: 'NONE', source, description };
      versions.push(version);
      return { version };
    },
    promoteVersion: ({ input }: { input: Inputs.PromoteVersionInput }) => {
      const [, name, number] = /^models:\/(.+)\/(\d+)$/.exec(input.version.uri ?? '') ?? [];
      const model = this.model(name);
      const version = found(model.versions[Number(number) - 1], `version ${input.version.uri}`);
      for (const holder of model.versions.filter(({ stage }) => stage === input.to)) {
        holder.stage = 'ARCHIVED';
        model.stageChanges.push({ version: holder, to: 'ARCHIVED', comment: input.comment });
      }
      version.stage = input.to;
      model.stageChanges.push({ version, to: input.to, comment: input.comment });
      return { __typename: 'VersionPromoted', version };
    },
    setAlias: ({ input }: { input: Inputs.SetAliasInput }) => {
      const model = this.model(input.model.name);
      model.aliases.set(input.alias, found(model.versions[input.number - 1], `version ${input.number}`));
      return { alias: { alias: input.alias } };
    },
  };
}

function latestPoints(run: RecordedRun): { key: string; value: number | null | undefined }[] {
  const latest = new Map(run.points.map(({ key, value }) => [key, value]));
  return [...latest].map(([key, value]) => ({ key, value }));
}

function found<T>(thing: T | undefined, what: string): T {
  if (thing === undefined) throw new GraphQLError(`there is no ${what}`, { extensions: { code: 'NOT_FOUND' } });
  return thing;
}
