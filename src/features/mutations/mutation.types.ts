// What the inputs of mutations have in common: each of them may be retried, and governed ones are commented and name the
// revision they were decided on.

import { Field, InputType, Int } from 'type-graphql';

@InputType()
export abstract class RetryableInput {
  @Field(() => String, {
    nullable: true,
    description: 'Makes a retry safe: the same key and input give the first result and have no second effect.',
  })
  idempotencyKey?: string | null;
}

@InputType()
export abstract class RevisedInput extends RetryableInput {
  @Field(() => Int, {
    nullable: true,
    description: 'The revision that the change was decided on; another current one is a `CONFLICT`.',
  })
  expectedRevision?: number | null;
}

@InputType()
export abstract class CommentedInput extends RetryableInput {
  @Field(() => String, { nullable: true, description: 'Why, for the audit log.' })
  comment?: string | null;
}

@InputType()
export abstract class GovernedInput extends RevisedInput {
  @Field(() => String, { nullable: true, description: 'Why, for the audit log.' })
  comment?: string | null;
}
