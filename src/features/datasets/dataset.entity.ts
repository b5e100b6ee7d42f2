// A dataset as runs use it: a name, and a digest of what is in it.

import { Field, ObjectType } from 'type-graphql';
import { Entity, Index } from 'typeorm';
import { Node } from '../../core/pagination.ts';
import { DateTime } from '../../core/scalars.ts';
import {
  CountFrom,
  GeneratedKey,
  Instant,
  KeyPart,
  OptionalLongText,
  OptionalText,
  Text,
  TextKeyPart,
} from '../../database/columns.ts';
import { LineageNode } from '../lineage/lineage-node.types.ts';

@ObjectType({
  implements: [Node, LineageNode],
  simpleResolvers: true,
  description:
    'Data at one state: a name, and a digest of what is in it. It never changes; other data has another digest.',
})
@Entity('datasets')
@Index('datasets_one', ['name', 'digest'], { unique: true })
@Index('datasets_created', ['createdAt'])
@Index('datasets_digest', ['digest'])
export class Dataset extends LineageNode {
  @GeneratedKey() override pk!: number;

  @Field(() => String, { description: 'Its name; unique together with the digest.' })
  @Text(500)
  name!: string;
  @Field(() => String, { description: 'A digest of its content.' })
  @Text(250)
  digest!: string;
  @Field(() => String, { nullable: true, description: 'What kind of source it has, such as `s3` or `sql`.' })
  @OptionalText(250)
  sourceType!: string | null;
  @Field(() => String, { nullable: true, description: 'Where it comes from.' })
  @OptionalLongText()
  source!: string | null;

  @OptionalLongText() schemaText!: string | null;

  /** Rises with every edge that is linked or added to it: the order of its events. */
  @CountFrom(1) sequence!: number;

  @Field(() => String, { nullable: true, description: 'A summary of its content, as its tracker wrote it.' })
  @OptionalLongText()
  profile!: string | null;

  @Field(() => DateTime, { description: 'When it was first recorded.' })
  @Instant()
  createdAt!: number;

  @Field(() => String, { nullable: true, description: 'Its columns and their types, as its tracker wrote them.' })
  get schema(): string | null {
    return this.schemaText;
  }

  static from(row: object): Dataset {
    return Object.assign(new Dataset(), row);
  }
}

/** What the row number of an input is one of. */
export enum InputKind {
  DATASET = 'DATASET',
  VERSION = 'VERSION',
}

/** That a run used a dataset or a version, in a context; the empty one where none was given. */
@Entity('run_inputs')
@Index('run_inputs_input', ['kind', 'inputPk', 'runPk'])
export class RunInputRow {
  @KeyPart() runPk!: number;
  @TextKeyPart(20) kind!: InputKind;
  @KeyPart() inputPk!: number;
  @TextKeyPart(250) context!: string;
  @Instant() createdAt!: number;
}
