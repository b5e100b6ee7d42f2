// A registered model: the unique name under which versions are counted.

import { Field, Int, ObjectType } from 'type-graphql';
import { Entity, Index } from 'typeorm';
import { Needs } from '../../core/needed-columns.ts';
import { Node } from '../../core/pagination.ts';
import { DateTime } from '../../core/scalars.ts';
import {
  Count,
  GeneratedKey,
  Holds,
  Instant,
  OptionalInstant,
  OptionalLongText,
  Reference,
  Text,
} from '../../database/columns.ts';
import { EntityParts } from '../../database/parts.ts';
import type { Fact } from '../../database/transaction.ts';
import { Actor } from '../actors/actor.types.ts';
import { Stage } from './stage.types.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A registered model: a unique name under which versions are numbered, staged and found.',
})
@Entity('models')
@Index('models_name', ['name', 'live'], { unique: true })
@Index('models_created', ['createdAt'])
@Index('models_updated', ['updatedAt'])
export class Model extends Node {
  @GeneratedKey() override pk!: number;

  @Field(() => String, { description: 'Its unique name.' })
  @Text(255)
  name!: string;

  /** 1 until it is deleted, then NULL, so that its name is free again. */
  @Holds() live!: number | null;

  @Field(() => String, { nullable: true, description: 'What it is for, in Markdown or plain text.' })
  @OptionalLongText()
  description!: string | null;

  /** The exclusive stages, comma-separated. */
  @Text(60) exclusiveStageList!: string;
  /** The number of its newest version, deleted ones included. */
  @Count() lastNumber!: number;

  @Field(() => Int, {
    description: 'Rises with every change of its own fields, tags, aliases and gates; for `expectedRevision`.',
  })
  @Count()
  revision!: number;

  /** Rises with every transaction that changes it or a version of it: the order of its events. */
  @Count() sequence!: number;

  @Field(() => DateTime, { description: 'When it was registered.' })
  @Instant()
  createdAt!: number;
  @Text(250) createdByName!: string;
  @Field(() => DateTime, { description: 'When its revision last rose.' })
  @Instant()
  updatedAt!: number;
  /** The time of its last change, versions included: no later change is dated before it. */
  @Instant() changedAt!: number;
  @Field(() => DateTime, {
    nullable: true,
    description: 'Set on a tombstone: lists, filters and selectors no longer see it.',
  })
  @OptionalInstant()
  deletedAt!: number | null;

  @Needs('exclusiveStageList')
  @Field(() => [Stage], { description: 'Stages that hold at most one version.' })
  get exclusiveStages(): Stage[] {
    return this.exclusiveStageList === '' ? [] : (this.exclusiveStageList.split(',') as Stage[]);
  }

  @Needs('createdByName')
  @Field(() => Actor, { description: 'Who registered it.' })
  get createdBy(): Actor {
    return new Actor(this.createdByName);
  }

  /** It as what facts are about. */
  get asSubject(): Fact['subject'] {
    return { type: 'Model', pk: this.pk, name: this.name, sequence: this.sequence };
  }

  /** A fact about it, or about something of it: the model is the subject, so that all of them keep one order. */
  fact(
    type: string,
    details: Pick<Fact, 'at' | 'comment'> & { readonly stage?: Stage; readonly payload?: Fact['payload'] },
  ): Fact {
    const { at, comment, stage = null, payload } = details;
    return {
      type,
      subject: this.asSubject,
      at,
      comment,
      stage,
      payload: { modelPk: this.pk, modelName: this.name, ...payload },
    };
  }

  static from(row: object): Model {
    return Object.assign(new Model(), row);
  }
}

/** Models that are read in part, under the alias `m`. */
export const MODEL_PARTS = new EntityParts(Model, 'm');

@Entity('model_tags')
@Index('model_tags_one', ['modelPk', 'key', 'holds'], { unique: true })
@Index('model_tags_value', ['key', 'holds', 'value', 'modelPk'])
export class ModelTag {
  @GeneratedKey() pk!: number;
  @Reference() modelPk!: number;
  @Text(250) key!: string;
  @Text(8000) value!: string;
  @Instant() since!: number;
  @Instant() until!: number;
  @Holds() holds!: number | null;
}
