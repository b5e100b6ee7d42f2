// An HTTP proxy before a server that fails now and then, and remembers what was asked.

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a request: it is passed on, refused, or passed on while its answer is lost. */
export type Fate = 'PASS' | 'REFUSE' | 'LOSE_ANSWER';

export class FlakyProxy {
  readonly requests: IncomingHttpHeaders[] = [];
  private readonly server: Server;

  /** @param fates of the first requests; the others are passed on */
  constructor(
    private readonly target: string,
    private readonly fates: Fate[] = [],
  ) {
    this.server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const fate = this.fates.shift() ?? 'PASS';
      this.requests.push(request.headers);
      if (fate === 'REFUSE') return response.writeHead(503).end();
      const { host, connection, 'content-length': length, ...headers } = request.headers;
      const answer = await fetch(`${this.target}${request.url}`, {
        method: String(request.method),
        headers: headers as Record<string, string>,
        body: Buffer.concat(chunks),
      });
      const body = await answer.text();
      if (fate === 'LOSE_ANSWER') return response.writeHead(503).end();
      return response.writeHead(answer.status, { 'content-type': 'application/json' }).end(body);
    });
  }

  /** @returns where it listens */
  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
