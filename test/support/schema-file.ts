// Finds the public schema: the one at the top of the repository, or the file that MODELGRAPH_SCHEMA_FILE names.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, type GraphQLSchema } from 'graphql';

export function readPublicSchema(): GraphQLSchema {
  const path = process.env.MODELGRAPH_SCHEMA_FILE ?? join(import.meta.dirname, '../../schema.graphql');
  return buildSchema(readFileSync(path, 'utf8'));
}
