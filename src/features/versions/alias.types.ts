// Inputs and payloads of aliases.

import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { COMMENT, EXPECTED_REVISION, IDEMPOTENCY_KEY } from '../../core/descriptions.ts';
import { Model } from '../models/model.entity.ts';
import { ModelBy } from '../models/model.types.ts';
import { ModelAlias } from './alias.entity.ts';

@InputType({ description: 'An alias to set, or to move to another version.' })
export class SetAliasInput {
  @Field(() => ModelBy, { description: 'Which model.' })
  model!: ModelBy;
  @Field(() => String, {
    description: 'The alias: letters, digits, `_` and `-`; neither `latest` nor `v` followed by digits.',
  })
  alias!: string;
  @Field(() => Int, { description: 'The number of the version that it is to stand for.' })
  number!: number;
  @Field(() => Int, { nullable: true, description: `Of the model. ${EXPECTED_REVISION}` })
  expectedRevision?: number | null;
  @Field(() => String, { nullable: true, description: COMMENT })
  comment?: string | null;
  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: 'An alias to remove.' })
export class RemoveAliasInput {
  @Field(() => ModelBy, { description: 'Which model.' })
  model!: ModelBy;
  @Field(() => String, { description: 'The alias.' })
  alias!: string;
  @Field(() => Int, { nullable: true, description: `Of the model. ${EXPECTED_REVISION}` })
  expectedRevision?: number | null;
  @Field(() => String, { nullable: true, description: COMMENT })
  comment?: string | null;
  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'The alias that was set.' })
export class SetAliasPayload {
  @Field(() => ModelAlias, { description: 'The alias.' })
  alias!: ModelAlias;
}

@ObjectType({ simpleResolvers: true, description: 'The model whose alias was removed.' })
export class RemoveAliasPayload {
  @Field(() => Model, { description: 'The model as it is now.' })
  model!: Model;
}
