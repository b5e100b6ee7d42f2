// One recorded move of a version from a stage to another, with the interval that it held for. Never rewritten but for
// its end.

import { Field, ObjectType } from 'type-graphql';
import { Entity, Index } from 'typeorm';
import { Node } from '../../core/pagination.ts';
import { DateTime } from '../../core/scalars.ts';
import { Count, GeneratedKey, Instant, OptionalLongText, Reference, Text } from '../../database/columns.ts';
import { Actor } from '../actors/actor.types.ts';
import { Stage } from '../models/stage.types.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'One recorded move of a version from a stage to another.',
})
@Entity('stage_changes')
@Index('stage_changes_version', ['versionPk', 'at', 'sequence'])
@Index('stage_changes_model', ['modelPk', 'at', 'sequence'])
@Index('stage_changes_stage', ['toStage', 'until', 'at', 'versionPk'])
export class StageChange extends Node {
  @GeneratedKey() override pk!: number;
  @Reference() modelPk!: number;
  @Reference() versionPk!: number;
  @Text(20) fromStage!: Stage;
  @Text(20) toStage!: Stage;

  @Field(() => String, { nullable: true, description: 'Why, as the actor put it.' })
  @OptionalLongText()
  comment!: string | null;

  @Field(() => DateTime, { description: 'When.' })
  @Instant()
  at!: number;

  /** The end of the interval [at, until) in which the version was in the stage it moved to; forever while it is. */
  @Instant() until!: number;
  /** The model's count of changes: orders those of one millisecond, where a cluster's row numbers do not. */
  @Count() sequence!: number;
  @Text(250) actorName!: string;

  @Field(() => Stage, { description: 'The stage it was in.' })
  get from(): Stage {
    return this.fromStage;
  }

  @Field(() => Stage, { description: 'The stage it moved to.' })
  get to(): Stage {
    return this.toStage;
  }

  @Field(() => Actor, { description: 'Who moved it.' })
  get actor(): Actor {
    return new Actor(this.actorName);
  }

  static from(row: object): StageChange {
    return Object.assign(new StageChange(), row);
  }
}
