// A version of a model: numbered 1, 2, 3… per model, and never reused.

import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
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
  OptionalReference,
  Reference,
  Text,
} from '../../database/columns.ts';
import type { ListSource, OrderTerm } from '../../database/list.ts';
import { EntityParts } from '../../database/parts.ts';
import { sql } from '../../database/sql.ts';
import { Actor } from '../actors/actor.types.ts';
import { LineageNode } from '../lineage/lineage-node.types.ts';
import type { Stage } from '../models/stage.types.ts';

export enum ModelVersionStatus {
  PENDING = 'PENDING',
  READY = 'READY',
  FAILED = 'FAILED',
}
registerEnumType(ModelVersionStatus, {
  name: 'ModelVersionStatus',
  description: "Whether a version's files are there.",
  valuesConfig: {
    PENDING: { description: 'Still being written.' },
    READY: { description: 'Complete, and may be promoted.' },
    FAILED: { description: 'Could not be written.' },
  },
});

@ObjectType({
  implements: [Node, LineageNode],
  simpleResolvers: true,
  description: 'One version of a model, with its stage, its aliases and the run that made it.',
})
@Entity('model_versions')
@Index('model_versions_number', ['modelPk', 'number'], { unique: true })
@Index('model_versions_latest', ['modelPk', 'stageName', 'deletedAt', 'number'])
@Index('model_versions_newest', ['modelPk', 'createdAt', 'number'])
@Index('model_versions_in_stage', ['stageName', 'createdAt', 'number'])
@Index('model_versions_run', ['runPk', 'createdAt', 'number'])
@Index('model_versions_created', ['createdAt', 'number'])
@Index('model_versions_updated', ['updatedAt'])
@Index('model_versions_status', ['status'])
@Index('model_versions_numbers', ['number'])
export class ModelVersion extends LineageNode {
  @GeneratedKey() override pk!: number;
  @Reference() modelPk!: number;

  @Field(() => Int, { description: 'Its number: 1, 2, 3… per model, never reused.' })
  @Count()
  number!: number;

  /** The stage it is in now; `NONE` once it is deleted, since it left its stage then. */
  @Text(20) stageName!: Stage;

  @Field(() => ModelVersionStatus, { description: 'Whether its files are there.' })
  @Text(20)
  status!: ModelVersionStatus;

  @Field(() => String, { nullable: true, description: 'Why it is in that status.' })
  @OptionalLongText()
  statusMessage!: string | null;

  @Field(() => String, { nullable: true, description: 'What is particular to it.' })
  @OptionalLongText()
  description!: string | null;

  @Field(() => String, { nullable: true, description: 'Where its files are, as registered.' })
  @OptionalLongText()
  source!: string | null;

  @OptionalReference() runPk!: number | null;

  @Field(() => Int, {
    description: 'Rises with every change of its own fields, tags and stage; for `expectedRevision`.',
  })
  @Count()
  revision!: number;

  @Field(() => DateTime, { description: 'When it was registered.' })
  @Instant()
  createdAt!: number;
  @Text(250) createdByName!: string;
  @Field(() => DateTime, { description: 'When its revision last rose.' })
  @Instant()
  updatedAt!: number;
  @Field(() => DateTime, {
    nullable: true,
    description: 'Set on a tombstone: lists, filters and selectors no longer see it.',
  })
  @OptionalInstant()
  deletedAt!: number | null;

  @Needs('createdByName')
  @Field(() => Actor, { description: 'Who registered it.' })
  get createdBy(): Actor {
    return new Actor(this.createdByName);
  }

  static from(row: object): ModelVersion {
    return Object.assign(new ModelVersion(), row);
  }
}

/** Versions that are read in part, under the alias `v`. */
export const VERSION_PARTS = new EntityParts(ModelVersion, 'v');

/** Versions as a list, under the alias `v`. */
export const VERSIONS: ListSource<ModelVersion> = {
  name: 'versions',
  columns: sql`v.*`,
  from: sql`model_versions v`,
  key: sql`v.pk`,
  hydrate: ModelVersion.from,
};

/** The order of versions where none is asked for. */
export const NEWEST_VERSION_FIRST: readonly OrderTerm[] = [
  { name: 'CREATED_AT', expression: sql`v.createdAt`, direction: 'DESC' },
  { name: 'NUMBER', expression: sql`v.number`, direction: 'DESC' },
];

@Entity('version_tags')
@Index('version_tags_one', ['versionPk', 'key', 'holds'], { unique: true })
@Index('version_tags_value', ['key', 'holds', 'value', 'versionPk'])
export class VersionTag {
  @GeneratedKey() pk!: number;
  @Reference() versionPk!: number;
  @Text(250) key!: string;
  @Text(8000) value!: string;
  @Instant() since!: number;
  @Instant() until!: number;
  @Holds() holds!: number | null;
}
