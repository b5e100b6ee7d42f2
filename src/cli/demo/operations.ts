// The GraphQL documents of the demo, each typed by what graphql-codegen generates from it (operations.generated.ts).
import type * as Generated from './operations.generated.ts';

/** A document that carries the types of its result and variables; the two optional members are for the compiler and never set. */
export interface Operation<TResult, TVariables> {
  readonly document: string;
  readonly resultType?: TResult;
  readonly variablesType?: TVariables;
}

function operation<TResult, TVariables>(document: string): Operation<TResult, TVariables> {
  return { document };
}

/** What an earlier demo left in an experiment: the runs that carry the demo's tag, with what they measured. */
export const findExperiment = operation<Generated.FindExperimentQuery, Generated.FindExperimentQueryVariables>(
  /* GraphQL */ `
    query FindExperiment($name: String!, $stepTag: String!) {
      experiment(by: { name: $name }) {
        id
        runs(filter: { tag: { key: $stepTag, exists: true } }, first: 500) {
          nodes { id runId name status tags { key value } metrics { key value } }
        }
      }
    }
  `,
);

/** What an earlier demo left of a model. */
export const findModel = operation<Generated.FindModelQuery, Generated.FindModelQueryVariables>(
  /* GraphQL */ `
    query FindModel($name: String!) {
      model(by: { name: $name }) {
        id
        versions(first: 500) { nodes { number run { id } } }
        aliases { alias version { number } }
        stageChanges(first: 500) { nodes { to version { number } } }
      }
    }
  `,
);

export const findDataset = operation<Generated.FindDatasetQuery, Generated.FindDatasetQueryVariables>(
  /* GraphQL */ `
    query FindDataset($name: String!, $digest: String!) {
      dataset(by: { key: { name: $name, digest: $digest } }) { id }
    }
  `,
);

export const recordDataset = operation<Generated.RecordDatasetMutation, Generated.RecordDatasetMutationVariables>(
  /* GraphQL */ `
    mutation RecordDataset($input: RecordDatasetInput!) {
      recordDataset(input: $input) { dataset { id } }
    }
  `,
);

export const createExperiment = operation<
  Generated.CreateExperimentMutation,
  Generated.CreateExperimentMutationVariables
>(
  /* GraphQL */ `
    mutation CreateExperiment($input: CreateExperimentInput!) {
      createExperiment(input: $input) { experiment { id } }
    }
  `,
);

export const startRun = operation<Generated.StartRunMutation, Generated.StartRunMutationVariables>(
  /* GraphQL */ `
    mutation StartRun($input: StartRunInput!) {
      startRun(input: $input) { run { id runId } }
    }
  `,
);

export const logInputs = operation<Generated.LogInputsMutation, Generated.LogInputsMutationVariables>(
  /* GraphQL */ `
    mutation LogInputs($input: LogInputsInput!) {
      logInputs(input: $input) { run { id } }
    }
  `,
);

export const logBatch = operation<Generated.LogBatchMutation, Generated.LogBatchMutationVariables>(
  /* GraphQL */ `
    mutation LogBatch($input: LogBatchInput!) {
      logBatch(input: $input) { run { id } }
    }
  `,
);

export const endRun = operation<Generated.EndRunMutation, Generated.EndRunMutationVariables>(
  /* GraphQL */ `
    mutation EndRun($input: EndRunInput!) {
      endRun(input: $input) { run { id } }
    }
  `,
);

export const registerModel = operation<Generated.RegisterModelMutation, Generated.RegisterModelMutationVariables>(
  /* GraphQL */ `
    mutation RegisterModel($input: RegisterModelInput!) {
      registerModel(input: $input) { model { id } }
    }
  `,
);

export const registerVersion = operation<Generated.RegisterVersionMutation, Generated.RegisterVersionMutationVariables>(
  /* GraphQL */ `
    mutation RegisterVersion($input: RegisterVersionInput!) {
      registerVersion(input: $input) { version { number } }
    }
  `,
);

export const promoteVersion = operation<Generated.PromoteVersionMutation, Generated.PromoteVersionMutationVariables>(
  /* GraphQL */ `
    mutation PromoteVersion($input: PromoteVersionInput!) {
      promoteVersion(input: $input) {
        __typename
        ... on PromotionBlocked { failures { message } }
      }
    }
  `,
);

export const setAlias = operation<Generated.SetAliasMutation, Generated.SetAliasMutationVariables>(
  /* GraphQL */ `
    mutation SetAlias($input: SetAliasInput!) {
      setAlias(input: $input) { alias { alias } }
    }
  `,
);
