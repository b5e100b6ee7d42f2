// The import rules of the house: what may depend on what.

const FEATURE = '^src/features/([^/]+)/';

/** Features in the order of their dependencies: none imports one to its right. */
const PARENTS_FIRST = [
  ['lineage', 'models|versions|gates|stages|experiments|runs|metrics|datasets|impact'],
  ['models', 'versions|gates|stages'],
  ['versions', 'gates|stages|metrics|datasets'],
  ['gates', 'stages|metrics|datasets'],
  ['experiments', 'runs|metrics|datasets|versions|gates|stages'],
  ['runs', 'metrics|datasets|versions|gates|stages'],
];

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/', pathNot: '^src/core/' },
    },
    {
      name: 'database-imports-core-only',
      severity: 'error',
      from: { path: '^src/database/' },
      to: { path: '^src/', pathNot: '^src/(core|database)/' },
    },
    {
      name: 'events-import-core-and-database',
      severity: 'error',
      from: { path: '^src/events/' },
      to: { path: '^src/', pathNot: '^src/(core|database|events)/' },
    },
    {
      name: 'features-import-the-layers-below',
      severity: 'error',
      from: { path: '^src/features/' },
      to: { path: '^src/', pathNot: '^src/(core|database|events|features)/' },
    },
    {
      name: 'features-show-entity-service-types-loaders',
      severity: 'error',
      from: { path: FEATURE },
      to: { path: FEATURE, pathNot: ['^src/features/$1/', '\\.(entity|service|types|loaders)\\.ts$'] },
    },
    ...PARENTS_FIRST.map(([parent, children]) => ({
      name: `${parent}-do-not-know-their-children`,
      severity: 'error',
      from: { path: `^src/features/${parent}/` },
      to: { path: `^src/features/(${children})/` },
    })),
    {
      name: 'graphql-imports-core-and-features',
      severity: 'error',
      from: { path: '^src/graphql/' },
      to: { path: '^src/', pathNot: '^src/(core|features|graphql)/' },
    },
    {
      name: 'http-imports-graphql',
      severity: 'error',
      from: { path: '^src/http/' },
      to: { path: '^src/', pathNot: '^src/(core|graphql|http)/' },
    },
    {
      name: 'adapters-call-services',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^src/(graphql|http|cli)/' },
    },
    {
      name: 'telemetry-imports-core-only',
      severity: 'error',
      from: { path: '^src/telemetry/' },
      to: { path: '^src/', pathNot: '^src/(core|telemetry)/' },
    },
    {
      name: 'only-the-top-knows-who-listens',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(telemetry/|app\\.ts)' },
      to: { path: '^src/telemetry/' },
    },
    {
      name: 'telemetry-libraries-only-in-telemetry',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/telemetry/' },
      to: { path: 'node_modules/(prom-client|@opentelemetry)/' },
    },
    {
      name: 'nobody-imports-the-top',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main\\.ts|cli/)' },
      to: { path: '^src/(app\\.ts|main\\.ts|cli/)' },
    },
    {
      name: 'cli-does-not-import-the-top',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/(app|main)\\.ts' },
    },
    {
      name: 'typeorm-in-its-places',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(database|events)/', '\\.(entity|service|queries)\\.ts$'] },
      to: { path: 'node_modules/typeorm/' },
    },
    {
      name: 'type-graphql-in-its-places',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '^src/graphql/',
          '^src/core/(needed-columns|pagination|scalars|together)\\.ts$',
          '\\.(entity|types|events|resolver)\\.ts$',
        ],
      },
      to: { path: 'node_modules/type-graphql/' },
    },
    {
      name: 'transports-only-in-http',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/http/' },
      to: { path: 'node_modules/(@apollo/server|@as-integrations/fastify|fastify|@fastify/static|ws|graphql-ws)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/http/graphiql/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
