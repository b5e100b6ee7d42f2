// Clients that do the same thing over and over for a while.

import { HttpConnection } from './http-connection.ts';

/** One operation of one client, over its connection. */
export type Operation = (connection: HttpConnection, client: number) => Promise<void>;

/** @returns operations per second of so many clients over so many milliseconds */
export async function operationsPerSecond(
  port: number,
  operation: Operation,
  { clients, forMs }: { readonly clients: number; readonly forMs: number },
): Promise<number> {
  const startedAt = performance.now();
  const deadline = startedAt + forMs;
  let done = 0;
  const work = async (client: number) => {
    const connection = new HttpConnection(port);
    try {
      while (performance.now() < deadline) {
        await operation(connection, client);
        done++;
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => work(client)));
  return (done / (performance.now() - startedAt)) * 1_000;
}

/** Sends one request again and again. @throws where the answer is no success */
export function repeating(wire: Buffer): Operation {
  return async (connection) => {
    const { status, body } = await connection.send(wire);
    if (status !== 200) throw new Error(`The answer has the status ${status}: ${body.toString().slice(0, 500)}`);
  };
}
