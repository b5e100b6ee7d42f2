// `modelgraph schema`: the GraphQL schema, printed, written or compared.

import { readFile, writeFile } from 'node:fs/promises';
import { buildGraphSchema, printGraphSchema } from '../graphql/schema.ts';

/** @returns the exit code: 1 where the file differs */
export async function printSchemaTo(options: { readonly out?: string; readonly check?: string }): Promise<number> {
  const printed = printGraphSchema(buildGraphSchema());
  if (options.check) {
    const committed = await readFile(options.check, 'utf8').catch(() => '');
    if (committed === printed) return 0;
    process.stderr.write(
      `${options.check} is not what the program serves; renew it with: modelgraph schema --out ${options.check}\n`,
    );
    return 1;
  }
  if (options.out) await writeFile(options.out, printed);
  else process.stdout.write(printed);
  return 0;
}
