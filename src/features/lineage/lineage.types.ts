// The words of lineage: kinds of nodes, relations, the edges between them, and what links them by hand.

import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../../core/scalars.ts';
import { RetryableInput } from '../mutations/mutation.types.ts';

export enum LineageKind {
  DATASET = 'DATASET',
  RUN = 'RUN',
  MODEL_VERSION = 'MODEL_VERSION',
}
registerEnumType(LineageKind, {
  name: 'LineageKind',
  description: 'What a node of lineage is.',
  valuesConfig: {
    DATASET: { description: 'A dataset.' },
    RUN: { description: 'A run.' },
    MODEL_VERSION: { description: 'A version of a model.' },
  },
});

export enum LineageRelation {
  USED = 'USED',
  PRODUCED = 'PRODUCED',
  DERIVED_FROM = 'DERIVED_FROM',
}
registerEnumType(LineageRelation, {
  name: 'LineageRelation',
  description: 'How what came of something hangs together with it.',
  valuesConfig: {
    USED: { description: 'A run used a dataset or a version: the edge leads to the run.' },
    PRODUCED: { description: 'A run made a version or a dataset: the edge leads from the run.' },
    DERIVED_FROM: {
      description:
        'A dataset or a version was made from another one: the edge leads from the one that was there first.',
    },
  },
});

/** One thing that lineage leads through. */
export interface LineageRef {
  readonly kind: keyof typeof LineageKind;
  readonly pk: number;
}

/** The whole of an edge but its times: its relation follows from what it links. */
export interface LineageLink {
  readonly from: LineageRef;
  readonly to: LineageRef;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'How one thing came of another. It runs in the direction of the data: from what was there first to what came of it.',
})
export class LineageEdge {
  @Field(() => ID, { description: 'The id of what was there first.' })
  from!: string;
  @Field(() => ID, { description: 'The id of what came of it.' })
  to!: string;
  @Field(() => LineageRelation, { description: 'How the two hang together.' })
  relation!: LineageRelation;
  @Field(() => DateTime, { description: 'From when on it holds.' })
  createdAt!: number;
  @Field(() => DateTime, { nullable: true, description: 'When it ceased to hold; null while it does.' })
  removedAt!: number | null;
}

@InputType()
abstract class LineageLinkInput extends RetryableInput {
  @Field(() => ID, { description: 'The id of what was there first: a dataset, a run or a version.' })
  from!: string;
  @Field(() => ID, { description: 'The id of what came of it: a dataset, a run or a version.' })
  to!: string;
  @Field(() => LineageRelation, {
    description:
      'How they hang together: a dataset or version `USED` by a run, a version or dataset `PRODUCED` by a run, a dataset or version `DERIVED_FROM` one of its kind.',
  })
  relation!: LineageRelation;
}

@InputType({ description: 'An edge that no run saw. One that is linked already stays as it is.' })
export class LinkLineageInput extends LineageLinkInput {}

@ObjectType({ simpleResolvers: true, description: 'The edge that was linked, now or before.' })
export class LinkLineagePayload {
  @Field(() => LineageEdge, { description: 'The edge as it is now.' })
  edge!: LineageEdge;
}

@InputType({
  description:
    'An edge that `linkLineage` made. One that is recorded as well, such as an input that its run logged, goes on.',
})
export class UnlinkLineageInput extends LineageLinkInput {}

@ObjectType({ simpleResolvers: true, description: 'The edge that was unlinked.' })
export class UnlinkLineagePayload {
  @Field(() => LineageEdge, {
    description: 'The edge as it is now: with the time at which it ceased to hold, unless it is recorded as well.',
  })
  edge!: LineageEdge;
}
