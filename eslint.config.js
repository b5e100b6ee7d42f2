// Lints the GraphQL schema and the operations that the project carries; TypeScript is Biome's.

import graphql from '@graphql-eslint/eslint-plugin';

const schema = {
  parserOptions: { graphQLConfig: { schema: 'schema.graphql', documents: 'src/http/graphiql/tabs/*.graphql' } },
};

export default [
  {
    files: ['schema.graphql'],
    languageOptions: { parser: graphql.parser, ...schema },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          DirectiveDefinition: true,
          rootField: true,
        },
      ],
      '@graphql-eslint/require-deprecation-reason': 'error',
      // Tags, payloads, connections and the like are values, not nodes: only what implements Node has an id.
      '@graphql-eslint/strict-id-in-types': 'off',
      // Lists that are bounded by what their object may hold (tags, aliases, metrics) are plain lists, and what is too
      // small to have an id (points of a metric) is paged all the same.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false }],
      // Some lists only lead forward, such as the children of a run.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      // `Run.runId` is the id that trackers know a run by, beside the global `id`.
      '@graphql-eslint/no-typename-prefix': 'off',
    },
  },
  {
    files: ['src/http/graphiql/tabs/*.graphql'],
    languageOptions: { parser: graphql.parser, ...schema },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/operations-recommended'].rules,
      // These are for people to read, not for a cache that goes by ids.
      '@graphql-eslint/require-selections': 'off',
    },
  },
];
