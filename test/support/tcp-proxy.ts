// A TCP proxy in front of a database: it can be down, come back, and cut a connection at a chosen moment.

import { connect, createServer, type Server, type Socket } from 'node:net';

/** When a connection is cut: before what matches is passed on, or after it was passed on and before the answer. */
export type CutMoment = 'before' | 'after';

export class TcpProxy {
  port = 0;
  /** Connections that were passed on since the start. */
  connectionCount = 0;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private watch: { readonly pattern: RegExp; readonly action: () => void } | undefined;
  private cut: { readonly pattern: RegExp; readonly moment: CutMoment } | undefined;

  constructor(private readonly target: { readonly host: string; readonly port: number }) {}

  /** Listens, on the same port as before where it was up before. */
  async up(): Promise<void> {
    const server = createServer((client) => this.pass(client));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.server = server;
    this.port = (server.address() as { port: number }).port;
  }

  /** Refuses connections and cuts those there are. */
  async down(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    this.cutAll();
    await closed;
  }

  cutAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Whether the cut that was asked for last has happened. */
  get wasCut(): boolean {
    return this.cut === undefined;
  }

  /** Cuts the next connection on which the client sends what matches. */
  cutNext(pattern: RegExp, moment: CutMoment): void {
    this.cut = { pattern, moment };
  }

  /** Calls a function when a client sends what matches, once, before it is passed on. */
  onNext(pattern: RegExp, action: () => void): void {
    this.watch = { pattern, action };
  }

  private pass(client: Socket): void {
    this.connectionCount++;
    const server = connect(this.target);
    for (const [socket, other] of [[client, server] as const, [server, client] as const]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    server.on('data', (bytes) => void client.write(bytes));
    client.on('data', (bytes) => {
      const { cut, watch } = this;
      if (watch?.pattern.test(bytes.toString('latin1'))) {
        this.watch = undefined;
        watch.action();
      }
      if (!cut?.pattern.test(bytes.toString('latin1'))) {
        server.write(bytes);
        return;
      }
      this.cut = undefined;
      if (cut.moment === 'before') client.destroy();
      else {
        server.removeAllListeners('data');
        // The answer shows that it was done; the client never sees it.
        server.once('data', () => client.destroy());
        server.write(bytes);
      }
    });
  }
}
