// Inputs and payloads of aliases.

import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { Model } from '../models/model.entity.ts';
import { ModelBy } from '../models/model.types.ts';
import { GovernedInput } from '../mutations/mutation.types.ts';
import { ModelAlias } from './alias.entity.ts';

@InputType({
  description:
    'An alias to set, or to move to another version. It counts as a change of the model, whose revision rises.',
})
export class SetAliasInput extends GovernedInput {
  @Field(() => ModelBy, { description: 'Which model.' })
  model!: ModelBy;
  @Field(() => String, {
    description: 'The alias: letters, digits, `_` and `-`; neither `latest` nor `v` followed by digits.',
  })
  alias!: string;
  @Field(() => Int, { description: 'The number of the version that it is to stand for.' })
  number!: number;
}

@InputType({ description: 'An alias to remove. It counts as a change of the model, whose revision rises.' })
export class RemoveAliasInput extends GovernedInput {
  @Field(() => ModelBy, { description: 'Which model.' })
  model!: ModelBy;
  @Field(() => String, { description: 'The alias.' })
  alias!: string;
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
