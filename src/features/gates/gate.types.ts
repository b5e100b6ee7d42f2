// Inputs and payloads of gates, and what a failed one says.

import { Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import { Model } from '../models/model.entity.ts';
import { ModelBy } from '../models/model.types.ts';
import { Stage } from '../models/stage.types.ts';
import { GovernedInput } from '../mutations/mutation.types.ts';
import { TagInput } from '../tags/tag.types.ts';
import { PromotionGate } from './gate.entity.ts';
import { MetricGateInput } from './metric-gate.types.ts';

@InputType({ description: 'What a gate asks: exactly one of these.' })
export class PromotionGateInput {
  @Field(() => MetricGateInput, {
    nullable: true,
    description: 'A value of a metric of the run that made the version.',
  })
  metric?: MetricGateInput | null;
  @Field(() => TagInput, { nullable: true, description: 'A tag of the version, with this value.' })
  requiredTag?: TagInput | null;
  @Field(() => Stage, {
    nullable: true,
    description: 'A stage that the version must have been in at any time before; every version was in `NONE`.',
  })
  requiredPriorStage?: Stage | null;
}

@InputType({ description: 'A gate to put before a stage of a model.' })
export class AddPromotionGateInput extends GovernedInput {
  @Field(() => ModelBy, { description: 'Which model.' })
  model!: ModelBy;
  @Field(() => Stage, { description: 'The stage to guard.' })
  stage!: Stage;
  @Field(() => PromotionGateInput, { description: 'What it asks.' })
  gate!: PromotionGateInput;
}

@InputType({ description: 'A gate to remove from its model.' })
export class RemovePromotionGateInput extends GovernedInput {
  @Field(() => ID, { description: 'Which gate.' })
  gate!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The gate that guards the stage.' })
export class AddPromotionGatePayload {
  @Field(() => PromotionGate, { description: 'The gate.' })
  gate!: PromotionGate;
}

@ObjectType({ simpleResolvers: true, description: 'The model whose gate was removed.' })
export class RemovePromotionGatePayload {
  @Field(() => Model, { description: 'The model as it is now.' })
  model!: Model;
}

@ObjectType({ simpleResolvers: true, description: 'Why a gate does not let a version pass.' })
export class GateFailure {
  @Field(() => PromotionGate, { description: 'The gate.' })
  gate!: PromotionGate;
  @Field(() => String, {
    description: 'What is and what must be, in words: `accuracy is 0.91, must be greater than 0.93`.',
  })
  message!: string;
  @Field(() => Float, {
    nullable: true,
    description: 'The value that was found, where it is a finite number.',
  })
  actual!: number | null;
  @Field(() => Float, {
    nullable: true,
    description: 'The value that it was compared with, where it is a finite number.',
  })
  required!: number | null;
}
