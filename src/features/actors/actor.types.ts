// Who did something, as the graph shows it.

import { Field, ObjectType } from 'type-graphql';

@ObjectType({
  simpleResolvers: true,
  description: 'Who did it: a user, a service account, or the anonymous actor of an open server.',
})
export class Actor {
  constructor(name: string) {
    this.name = name;
  }

  @Field(() => String, { description: 'The name that the actor gave, or `anonymous`.' })
  name: string;
}
