// A run: one execution of training code, with what it logged.

import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Entity, Index } from 'typeorm';
import { Needs } from '../../core/needed-columns.ts';
import { Node } from '../../core/pagination.ts';
import { DateTime } from '../../core/scalars.ts';
import {
  Count,
  Flag,
  GeneratedKey,
  Instant,
  KeyPart,
  OptionalDouble,
  OptionalInstant,
  OptionalLongText,
  OptionalReference,
  OptionalText,
  Reference,
  Text,
  TextKeyPart,
} from '../../database/columns.ts';
import { EntityParts } from '../../database/parts.ts';
import { Actor } from '../actors/actor.types.ts';
import { LineageNode } from '../lineage/lineage-node.types.ts';

export enum RunStatus {
  RUNNING = 'RUNNING',
  SCHEDULED = 'SCHEDULED',
  FINISHED = 'FINISHED',
  FAILED = 'FAILED',
  KILLED = 'KILLED',
}
registerEnumType(RunStatus, {
  name: 'RunStatus',
  description: 'How far a run has come.',
  valuesConfig: {
    RUNNING: { description: 'At work.' },
    SCHEDULED: { description: 'Planned, and not yet at work.' },
    FINISHED: { description: 'Ended as it should.' },
    FAILED: { description: 'Ended by an error.' },
    KILLED: { description: 'Ended from outside.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'The code that a run executed.' })
export class RunSource {
  @Field(() => String, { nullable: true, description: 'The commit that was checked out.' })
  gitCommit!: string | null;
  @Field(() => String, { nullable: true, description: 'The repository, as a URL or a path.' })
  gitRepository!: string | null;
  @Field(() => String, { nullable: true, description: 'The script or command that was started.' })
  entryPoint!: string | null;
  @Field(() => String, { nullable: true, description: 'The notebook it ran in.' })
  notebook!: string | null;
}

@ObjectType({
  implements: [Node, LineageNode],
  simpleResolvers: true,
  description: 'One execution of training code, with the params, metrics, tags and inputs it logged.',
})
@Entity('runs')
@Index('runs_run_id', ['runId'], { unique: true })
@Index('runs_experiment', ['experimentPk', 'startedAt'])
@Index('runs_started', ['startedAt'])
@Index('runs_ended', ['endedAt'])
@Index('runs_name', ['name'])
@Index('runs_parent', ['parentPk', 'startedAt'])
@Index('runs_status', ['status', 'startedAt'])
@Index('runs_deleted', ['deletedAt'])
export class Run extends LineageNode {
  @GeneratedKey() override pk!: number;

  @Field(() => String, { description: '32 hexadecimal digits: the id that trackers know it by, kept on import.' })
  @Text(32)
  runId!: string;

  @Reference() experimentPk!: number;
  @OptionalReference() parentPk!: number | null;

  @Field(() => String, { description: 'Its name; need not be unique.' })
  @Text(250)
  name!: string;

  @Field(() => String, { nullable: true, description: 'What it tries.' })
  @OptionalLongText()
  description!: string | null;

  @Field(() => RunStatus, { description: 'How far it has come.' })
  @Text(20)
  status!: RunStatus;

  @Field(() => DateTime, { description: 'When it started.' })
  @Instant()
  startedAt!: number;
  @Field(() => DateTime, { nullable: true, description: 'When it ended; null while it runs.' })
  @OptionalInstant()
  endedAt!: number | null;
  @Text(250) createdByName!: string;

  @Field(() => Int, {
    description: 'Rises with every change of its own fields, tags and status, not with points; for `expectedRevision`.',
  })
  @Count()
  revision!: number;

  /** Rises with every transaction that changes it: the order of its events. */
  @Count() sequence!: number;
  /** Counts the batches logged: raised first by each, so that they take turns. */
  @Count() batches!: number;

  @Field(() => DateTime, { description: 'When its revision last rose.' })
  @Instant()
  updatedAt!: number;
  @Field(() => DateTime, { nullable: true, description: 'Set on a tombstone; it can be restored.' })
  @OptionalInstant()
  deletedAt!: number | null;
  /** 1 where it was deleted with its experiment, which brings it back. */
  @Flag() deletedWithExperiment!: number;

  @OptionalText(250) gitCommit!: string | null;
  @OptionalText(2000) gitRepository!: string | null;
  @OptionalText(2000) entryPoint!: string | null;
  @OptionalText(2000) notebook!: string | null;

  @Field(() => String, { nullable: true, description: 'Where its files are, as its tracker recorded it.' })
  @OptionalLongText()
  artifactUri!: string | null;

  @Needs('createdByName')
  @Field(() => Actor, { description: 'Who started it.' })
  get createdBy(): Actor {
    return new Actor(this.createdByName);
  }

  @Needs('gitCommit', 'gitRepository', 'entryPoint', 'notebook')
  @Field(() => RunSource, { nullable: true, description: 'The code it executed, where that is known.' })
  get source(): RunSource | null {
    const { gitCommit, gitRepository, entryPoint, notebook } = this;
    if (gitCommit === null && gitRepository === null && entryPoint === null && notebook === null) return null;
    return Object.assign(new RunSource(), { gitCommit, gitRepository, entryPoint, notebook });
  }

  static from(row: object): Run {
    return Object.assign(new Run(), row);
  }
}

/** Runs that are read in part, under the alias `r`. */
export const RUN_PARTS = new EntityParts(Run, 'r');

@Entity('run_tags')
@Index('run_tags_value', ['key', 'value', 'runPk'])
export class RunTag {
  @KeyPart() runPk!: number;
  @TextKeyPart(250) key!: string;
  @Text(8000) value!: string;
}

@Entity('params')
@Index('params_key', ['key', 'number', 'runPk'])
@Index('params_value', ['key', 'value', 'runPk'])
export class ParamRow {
  @KeyPart() runPk!: number;
  @TextKeyPart(250) key!: string;
  @Text(8000) value!: string;
  /** The value as a number where it is a finite one: params sort as numbers first. */
  @OptionalDouble() number!: number | null;
}
