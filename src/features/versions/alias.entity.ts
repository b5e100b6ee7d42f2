// An alias: a name of a model's own for one of its versions, which moves while the past stays known.

import { Field, ObjectType } from 'type-graphql';
import { Entity, Index } from 'typeorm';
import { DateTime } from '../../core/scalars.ts';
import { GeneratedKey, Holds, Instant, Reference, Text } from '../../database/columns.ts';
import { Actor } from '../actors/actor.types.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'A name such as `champion` that stands for one version of its model, and can be moved to another.',
})
@Entity('model_aliases')
@Index('model_aliases_one', ['modelPk', 'alias', 'holds'], { unique: true })
@Index('model_aliases_version', ['versionPk'])
export class ModelAlias {
  @GeneratedKey() pk!: number;
  @Reference() modelPk!: number;

  @Field(() => String, { description: 'The name, unique on its model.' })
  @Text(255)
  alias!: string;

  @Reference() versionPk!: number;
  @Instant() since!: number;
  /** The end of the interval [since, until); forever while it holds. */
  @Instant() until!: number;
  @Holds() holds!: number | null;
  @Text(250) setByName!: string;

  @Field(() => DateTime, { description: 'When it was set to this version.' })
  get setAt(): number {
    return this.since;
  }

  @Field(() => Actor, { description: 'Who set it.' })
  get setBy(): Actor {
    return new Actor(this.setByName);
  }

  static from(row: object): ModelAlias {
    return Object.assign(new ModelAlias(), row);
  }
}
