// An experiment: a named group of runs.

import { Field, Int, ObjectType } from 'type-graphql';
import { Entity, Index } from 'typeorm';
import { Node } from '../../core/pagination.ts';
import { DateTime } from '../../core/scalars.ts';
import {
  Count,
  GeneratedKey,
  Holds,
  Instant,
  KeyPart,
  OptionalInstant,
  OptionalLongText,
  Text,
  TextKeyPart,
} from '../../database/columns.ts';
import { Actor } from '../actors/actor.types.ts';

@ObjectType({ implements: Node, simpleResolvers: true, description: 'A named group of runs that belong together.' })
@Entity('experiments')
@Index('experiments_name', ['name', 'live'], { unique: true })
@Index('experiments_created', ['createdAt'])
@Index('experiments_updated', ['updatedAt'])
export class Experiment extends Node {
  @GeneratedKey() override pk!: number;

  @Field(() => String, { description: 'Its unique name.' })
  @Text(500)
  name!: string;

  /** 1 until it is deleted, then NULL, so that its name is free again. */
  @Holds() live!: number | null;

  @Field(() => String, { nullable: true, description: 'What it is about.' })
  @OptionalLongText()
  description!: string | null;

  @Field(() => String, { nullable: true, description: 'Where the files of its runs go, as its tracker recorded it.' })
  @OptionalLongText()
  artifactLocation!: string | null;

  @Field(() => Int, { description: 'Rises with every change of its own fields and tags; for `expectedRevision`.' })
  @Count()
  revision!: number;

  /** Rises with every transaction that changes it: the order of its events. */
  @Count() sequence!: number;

  @Field(() => DateTime, { description: 'When it was created.' })
  @Instant()
  createdAt!: number;
  @Text(250) createdByName!: string;
  @Field(() => DateTime, { description: 'When its revision last rose.' })
  @Instant()
  updatedAt!: number;
  @Field(() => DateTime, { nullable: true, description: 'Set on a tombstone; it can be restored.' })
  @OptionalInstant()
  deletedAt!: number | null;

  @Field(() => Actor, { description: 'Who created it.' })
  get createdBy(): Actor {
    return new Actor(this.createdByName);
  }

  static from(row: object): Experiment {
    return Object.assign(new Experiment(), row);
  }
}

@Entity('experiment_tags')
@Index('experiment_tags_value', ['key', 'value', 'experimentPk'])
export class ExperimentTag {
  @KeyPart() experimentPk!: number;
  @TextKeyPart(250) key!: string;
  @Text(8000) value!: string;
}
