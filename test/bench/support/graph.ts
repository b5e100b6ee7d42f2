// Questions to a registry over a kept connection.

import { HttpConnection, request } from './http-connection.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
// biome-ignore lint/suspicious/noExplicitAny: an answer, of which each caller takes what it asked for
export type Data = any;

export function graphRequest(query: string, variables: { readonly [key: string]: Json } = {}): Buffer {
  return request('POST', '/graphql', { query, variables });
}

/** Asks and gives what came back. @throws where there are errors */
export async function ask(
  connection: HttpConnection,
  query: string,
  variables: { readonly [key: string]: Json } = {},
): Promise<Data> {
  const { body } = await connection.send(graphRequest(query, variables));
  const { data, errors } = JSON.parse(body.toString()) as { data: Data; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** Asks once, on a connection of its own. */
export async function askOnce(port: number, query: string, variables: { readonly [key: string]: Json } = {}) {
  const connection = new HttpConnection(port);
  try {
    return await ask(connection, query, variables);
  } finally {
    connection.close();
  }
}
