// Valid documents by their text, so that everyone who sends the same one shares it, and what is known of it.

import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { Recent } from '../core/recent.ts';
import { MAX_TOKENS } from './limits.ts';

/** Characters of all documents that are kept; what is read of one takes some fifty times its text. */
export const DOCUMENT_CHARACTERS = 1_000_000;
/** A short document weighs as much as one of so many characters, for what is kept beside it. */
const LEAST_CHARACTERS = 2_000;

/** What a document counts for where documents are kept. */
export function documentWeight(characters: number): number {
  return Math.max(LEAST_CHARACTERS, characters);
}

export class Documents {
  readonly parseOptions = { maxTokens: MAX_TOKENS };
  readonly validationOptions = { hideSuggestions: true };
  private readonly valid = new Recent<string, DocumentNode>(DOCUMENT_CHARACTERS);
  private readonly allRules: readonly ValidationRule[];

  constructor(
    private readonly schema: GraphQLSchema,
    readonly rules: ValidationRule[],
  ) {
    this.allRules = [...specifiedRules, ...rules];
  }

  /** The document of a text that was read and found valid before. */
  known(text: string): DocumentNode | undefined {
    return this.valid.get(text);
  }

  /** Keeps a valid document. */
  keep(text: string, document: DocumentNode): void {
    this.valid.set(text, document, documentWeight(text.length));
  }

  /** Reads and checks a document. @returns it, or what is wrong with it */
  read(text: string): DocumentNode | readonly GraphQLError[] {
    const known = this.known(text);
    if (known) return known;
    let document: DocumentNode;
    try {
      document = parse(text, this.parseOptions);
    } catch (error) {
      return [coded('GRAPHQL_PARSE_FAILED', error)];
    }
    try {
      const errors = validate(this.schema, document, this.allRules, this.validationOptions);
      if (errors.length > 0) return errors.map((error) => coded('GRAPHQL_VALIDATION_FAILED', error));
    } catch (error) {
      // The rule for subscriptions evaluates conditions, without the variables that they may need.
      if (error instanceof GraphQLError) return [coded('GRAPHQL_VALIDATION_FAILED', error)];
      throw error;
    }
    this.keep(text, document);
    return document;
  }
}

/** An error as the language raises it, with the code of the step that it came from. */
export function coded(code: string, error: unknown): GraphQLError {
  const { nodes, source, positions } = error instanceof GraphQLError ? error : ({} as Partial<GraphQLError>);
  const { message } = error as Error;
  return new GraphQLError(message, { nodes, source, positions, originalError: error as Error, extensions: { code } });
}
