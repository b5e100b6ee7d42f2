// What is selected below a field, as far as it can be fetched ahead: worked out once for each field of a document.

import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { ByFieldNodes } from '../core/by-field-nodes.ts';
import { isResolvedTogether } from '../core/together.ts';
import { applies, type Fragments, type Guarded, isIncluded } from './collect-fields.ts';

type Variables = GraphQLResolveInfo['variableValues'];

/** One place of the document that selects a field, and what decides by variables whether it does. */
interface Occurrence {
  readonly node: FieldNode;
  readonly guards: readonly Guarded[];
}

/** A selected field that is resolved for all objects together, or that leads to such fields. */
export interface Step {
  readonly field: GraphQLField<unknown, unknown>;
  /** Under one name in the answer; they have the same arguments. */
  readonly occurrences: readonly Occurrence[];
  readonly isTogether: boolean;
  /** What is selected of its values; undefined where nothing of that can be fetched ahead. */
  readonly children: SelectionPlan | undefined;
}

export interface SelectionPlan {
  readonly type: GraphQLCompositeType;
  /** By the name of the object type. */
  readonly steps: ReadonlyMap<string, readonly Step[]>;
}

const plans = new ByFieldNodes<SelectionPlan | undefined>();

/** What is selected of the value of a field that is being resolved; undefined where nothing of it is fetched ahead. */
export function planOf({ schema, fragments, returnType, fieldNodes }: GraphQLResolveInfo): SelectionPlan | undefined {
  return plans.get(fieldNodes, () => {
    const type = getNamedType(returnType);
    const occurrences = fieldNodes.map((node) => ({ node, guards: [] }));
    return isCompositeType(type) ? build({ schema, fragments }, type, occurrences) : undefined;
  });
}

/** The steps for objects of a type that are selected under these variables. */
export function selectedSteps(plan: SelectionPlan, typeName: string, variables: Variables): readonly Step[] {
  const steps = plan.steps.get(typeName) ?? [];
  return steps.every(isUnguarded) ? steps : steps.filter((step) => isSelected(step, variables));
}

function isUnguarded({ occurrences }: Step): boolean {
  return occurrences.some(({ guards }) => guards.length === 0);
}

function isSelected({ occurrences }: Step, variables: Variables): boolean {
  return occurrences.some(({ guards }) => guards.every((guard) => isIncluded(guard, variables)));
}

interface Document {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
}

function build(
  document: Document,
  type: GraphQLCompositeType,
  parents: readonly Occurrence[],
): SelectionPlan | undefined {
  const objectTypes = isObjectType(type) ? [type] : document.schema.getPossibleTypes(type);
  const stepsByType = new Map<string, readonly Step[]>();
  for (const objectType of objectTypes) {
    const steps = stepsOf(document, objectType, parents);
    if (steps.length > 0) stepsByType.set(objectType.name, steps);
  }
  return stepsByType.size > 0 ? { type, steps: stepsByType } : undefined;
}

function stepsOf(document: Document, type: GraphQLObjectType, parents: readonly Occurrence[]): Step[] {
  const selected = new Map<string, Occurrence[]>();
  for (const { node, guards } of parents) {
    if (node.selectionSet) collect(document, type, node.selectionSet, guards, selected);
  }
  const steps: Step[] = [];
  for (const occurrences of selected.values()) {
    const field = type.getFields()[occurrences[0]?.node.name.value ?? ''];
    if (!field) continue;
    const isTogether = isResolvedTogether(field);
    // A resolver of another kind leads to what is selected of its value by itself.
    if (!isTogether && field.resolve) continue;
    const fieldType = getNamedType(field.type);
    const children = isCompositeType(fieldType) ? build(document, fieldType, occurrences) : undefined;
    if (isTogether || children) steps.push({ field, occurrences, isTogether, children });
  }
  return steps;
}

/** Groups the fields that apply to an object type by their names in the answer. */
function collect(
  document: Document,
  type: GraphQLObjectType,
  { selections }: SelectionSetNode,
  outer: readonly Guarded[],
  into: Map<string, Occurrence[]>,
): void {
  for (const selection of selections) {
    const guards = isGuarded(selection) ? [...outer, selection] : outer;
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value;
      const occurrences = into.get(key) ?? [];
      occurrences.push({ node: selection, guards });
      into.set(key, occurrences);
      continue;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : document.fragments[selection.name.value];
    if (fragment && applies(document.schema, fragment.typeCondition?.name.value, type)) {
      collect(document, type, fragment.selectionSet, guards, into);
    }
  }
}

function isGuarded({ directives }: Guarded): boolean {
  return directives?.some(({ name }) => /^(skip|include)$/.test(name.value)) === true;
}
