// One execution of a compiled operation: what its resolvers are given, and what it waits for.

import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';
import type { ArgumentCoercer } from './coerce-arguments.ts';
import type { Circumstances, VariableValues } from './collect-fields.ts';

/** The document that is compiled. */
export interface Source extends Circumstances {
  readonly operation: OperationDefinitionNode;
}

/** A field in one place of a document. */
export interface Place {
  /** Counted within the document. */
  readonly number: number;
  readonly source: Source;
  readonly parentType: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
  /** Undefined where it has no arguments. */
  readonly coercer: ArgumentCoercer | undefined;
}

/** The data of an answer. */
export type AnswerData = Record<string, unknown>;
type Arguments = Record<string, unknown>;
/** Puts a value that was waited for where it belongs. */
type Put<T> = (run: Run, target: T, value: unknown) => void;

const NO_ARGUMENTS: Arguments = Object.freeze({});

export class Run {
  private hasFailed = false;
  private underWay = 0;
  private data: AnswerData | undefined;
  private end: ((data: AnswerData | undefined) => void) | undefined;
  private readonly arguments: Arguments[] = [];
  private readonly infos: ResolverInfo[] = [];

  constructor(
    readonly contextValue: unknown,
    readonly variableValues: VariableValues,
    readonly rootValue: unknown,
  ) {}

  /** Gives up: graphql-js has to answer. */
  fail(): null {
    this.hasFailed = true;
    return null;
  }

  /** What a resolver gives. The arguments are coerced once for all the objects in a place. @throws what it throws */
  resolve(place: Place, object: unknown): unknown {
    const { number, field, coercer } = place;
    let args = this.arguments[number];
    if (!args) {
      args = coercer ? coercer.coerce(this.variableValues) : NO_ARGUMENTS;
      this.arguments[number] = args;
    }
    return field.resolve?.(object, args, this.contextValue, this.infoOf(place));
  }

  /** What resolvers are told of their place. */
  infoOf(place: Place): ResolverInfo {
    const known = this.infos[place.number];
    if (known) return known;
    const info = new ResolverInfo(place, this);
    this.infos[place.number] = info;
    return info;
  }

  /** Has a value put where it belongs once it is there. */
  later<T>(promise: Promise<unknown>, target: T, put: Put<T>): void {
    this.underWay++;
    promise.then(
      (value) => {
        try {
          put(this, target, value);
        } catch {
          this.fail();
        }
        this.arrived();
      },
      () => {
        this.fail();
        this.arrived();
      },
    );
  }

  /** The data once everything is in its place; undefined where the run gave up. */
  answer(data: AnswerData): AnswerData | undefined | Promise<AnswerData | undefined> {
    if (this.underWay === 0) return this.hasFailed ? undefined : data;
    this.data = data;
    return new Promise((resolve) => {
      // Not a function of its own: V8 takes one that is written where it becomes a property for long-lived, and all that
      // it reaches is collected late.
      this.end = resolve;
    });
  }

  private arrived(): void {
    this.underWay--;
    if (this.underWay === 0) this.end?.(this.hasFailed ? undefined : this.data);
  }
}

/** The same for all the objects in a place, and so without the path, which no resolver here asks for. */
class ResolverInfo implements GraphQLResolveInfo {
  readonly fieldName: string;
  readonly fieldNodes: readonly FieldNode[];
  readonly returnType: GraphQLOutputType;
  readonly parentType: GraphQLObjectType;
  readonly schema: GraphQLSchema;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  readonly rootValue: unknown;
  readonly operation: OperationDefinitionNode;
  readonly variableValues: Record<string, unknown>;

  constructor({ source, parentType, field, nodes }: Place, { rootValue, variableValues }: Run) {
    this.fieldName = field.name;
    this.fieldNodes = nodes;
    this.returnType = field.type;
    this.parentType = parentType;
    this.schema = source.schema;
    this.fragments = source.fragments;
    this.rootValue = rootValue;
    this.operation = source.operation;
    this.variableValues = variableValues;
  }

  /** One that asks is answered by graphql-js. */
  get path(): never {
    throw new Error('The path is not known in a compiled operation.');
  }
}
