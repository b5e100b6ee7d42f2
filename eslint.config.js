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
      // Lists that are bounded by what their object may hold (tags, aliases, metrics) are plain lists.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],
    },
  },
  {
    files: ['src/http/graphiql/tabs/*.graphql'],
    languageOptions: { parser: graphql.parser, ...schema },
    plugins: { '@graphql-eslint': graphql },
    rules: { ...graphql.configs['flat/operations-recommended'].rules },
  },
];
