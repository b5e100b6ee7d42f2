// MLflow's REST API through a kept connection.

import type { Data } from '../support/graph.ts';
import { type HttpConnection, request } from '../support/http-connection.ts';

const ROOT = '/api/2.0/mlflow/';

export async function post(connection: HttpConnection, path: string, body: unknown): Promise<Data> {
  return read(path, await connection.send(request('POST', `${ROOT}${path}`, body)));
}

export async function get(
  connection: HttpConnection,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Data> {
  const query = new URLSearchParams(parameters);
  return read(path, await connection.send(request('GET', `${ROOT}${path}?${query}`)));
}

function read(path: string, { status, body }: { readonly status: number; readonly body: Buffer }): Data {
  if (status !== 200) throw new Error(`MLflow answers ${path} with ${status}: ${body.toString().slice(0, 500)}`);
  return JSON.parse(body.toString());
}
