// Tests run as ES modules on the sources; swc compiles them with the decorator settings of tsconfig.json.
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // What the decorators of type-graphql and TypeORM write to; main.ts does the same.
  setupFiles: ['reflect-metadata'],
  // On two cores Jest would run all files in one process.
  maxWorkers: '100%',
  testTimeout: 30_000,
};
