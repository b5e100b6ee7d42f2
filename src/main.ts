#!/usr/bin/env node
// Hands the command line to the CLI, on a Node that can run it.

import 'reflect-metadata';

const OLDEST_NODE = 22;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  console.error(
    `modelgraph needs Node ${OLDEST_NODE} or newer; this is ${process.versions.node}. From a clone, npm start brings its own.`,
  );
  process.exitCode = 1;
} else {
  // Whoever reads what is printed may have enough before the end, such as `head`.
  for (const output of [process.stdout, process.stderr]) {
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  // Libraries check themselves less then: graphql-js each type that it meets.
  process.env.NODE_ENV ??= 'production';
  const [{ run }, app] = await Promise.all([import('./cli/program.ts'), import('./app.ts')]);
  process.exitCode = await run(process.argv.slice(2), app);
}
