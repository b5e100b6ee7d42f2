// Records the whole dataset and the three parts drawn from it.
import { type DatasetPart, type DatasetSplit, describeProfile, describeSchema } from './datasets/dataset-split.ts';
import type { DemoContext } from './demo-context.ts';
import { findDataset, recordDataset } from './operations.ts';

/** The registry's ids of the parts that runs read. */
export interface RecordedSplit {
  readonly training: string;
  readonly validation: string;
  readonly test: string;
}

/** Records what is not there yet. The parts are derived from the whole, so lineage leads back to the published source. */
export async function recordDatasets(context: DemoContext, split: DatasetSplit): Promise<RecordedSplit> {
  const whole = await record(context, split.whole, []);
  return {
    training: await record(context, split.training, [whole]),
    validation: await record(context, split.validation, [whole]),
    test: await record(context, split.test, [whole]),
  };
}

async function record({ client, progress }: DemoContext, part: DatasetPart, derivedFrom: string[]): Promise<string> {
  const { name, digest } = part;
  const known = await client.execute(findDataset, { name, digest });
  if (known.dataset) return known.dataset.id;

  const { recordDataset: recorded } = await client.execute(recordDataset, {
    input: {
      name,
      digest,
      sourceType: 'doi',
      source: part.dataset.doi,
      schema: describeSchema(part),
      profile: describeProfile(part),
      derivedFrom,
    },
  });
  progress(`dataset ${name} · ${part.examples.length} rows · ${digest}`);
  return recorded.dataset.id;
}
