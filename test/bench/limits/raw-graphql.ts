// The limit of small queries: graphql-js on node:http and nothing else, on the same types, with documents read once.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { buildSchema, type DocumentNode, execute, parse, validate } from 'graphql';

const schema = buildSchema(readFileSync(process.argv[2] ?? '', 'utf8'));
/** What the one model is, in memory. */
const rootValue = JSON.parse(readFileSync(process.argv[3] ?? '', 'utf8')) as { model?: object };
const root = { ...rootValue, model: () => rootValue.model };
const documents = new Map<string, DocumentNode>();

function documentOf(query: string): DocumentNode {
  const known = documents.get(query);
  if (known) return known;
  const document = parse(query);
  const [error] = validate(schema, document);
  if (error) throw error;
  documents.set(query, document);
  return document;
}

createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', async () => {
    if (request.method !== 'POST') return response.end();
    const { query, variables } = JSON.parse(Buffer.concat(parts).toString());
    const result = await execute({ schema, document: documentOf(query), variableValues: variables, rootValue: root });
    const body = JSON.stringify(result);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    return response.end(body);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
