// Tags: free key-value pairs on models, versions, experiments and runs.

import { Field, InputType, ObjectType } from 'type-graphql';
import { Invalid } from '../../core/errors.ts';
import { checkKeys, checkText } from '../../core/text.ts';

/** How many tags, params or metrics one object may hold. */
export const MOST_KEYS = 2_000;

@ObjectType({ simpleResolvers: true, description: 'A key with a value, free for any use.' })
export class Tag {
  constructor(key: string, value: string) {
    this.key = key;
    this.value = value;
  }

  @Field(() => String, { description: 'The key, unique on its object.' })
  key: string;
  @Field(() => String, { description: 'The value; may be empty.' })
  value: string;
}

@InputType({ description: 'A tag to set.' })
export class TagInput {
  @Field(() => String, { description: 'The key: up to 250 characters.' })
  key!: string;
  @Field(() => String, { description: 'The value: up to 8,000 characters.' })
  value!: string;
}

/** Checks tags that are to be set. @throws Invalid naming the argument */
export function checkTags(tags: readonly TagInput[] | null | undefined, field: string): readonly TagInput[] {
  if (!tags) return [];
  if (tags.length > MOST_KEYS)
    throw new Invalid(field, `${field} has ${tags.length} tags; at most ${MOST_KEYS} are allowed.`);
  checkKeys(
    tags.map((tag) => tag.key),
    field,
  );
  for (const tag of tags) checkText(tag.value, `${field}.value`, 'value');
  return tags;
}

/** Checks tags to set and keys to remove together: a key is in one of the two. */
export function checkTagChanges(input: {
  readonly setTags?: readonly TagInput[] | null;
  readonly removeTags?: readonly string[] | null;
}): TagChanges {
  const set = checkTags(input.setTags, 'input.setTags');
  const removed = input.removeTags ?? [];
  checkKeys(removed, 'input.removeTags');
  const both = removed.find((key) => set.some((tag) => tag.key === key));
  if (both !== undefined)
    throw new Invalid('input.removeTags', `The tag ${JSON.stringify(both)} is both set and removed.`);
  return { set, removed };
}

export interface TagChanges {
  readonly set: readonly TagInput[];
  readonly removed: readonly string[];
}
