// A kept HTTP connection that costs its user next to nothing, so that a server is measured and not its client.

import { connect, type Socket } from 'node:net';

/** How often a request is sent whose connection was closed before an answer began, and the pauses between, milliseconds. */
const MOST_ATTEMPTS = 4;
const PAUSE_MS = 100;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

interface Waiting {
  readonly wire: Buffer;
  /** How often it has been sent. */
  readonly attempts: number;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** A request as it goes over the wire, to be sent any number of times. */
export function request(method: string, path: string, body?: unknown): Buffer {
  const text = body === undefined ? '' : JSON.stringify(body);
  const head = [
    `${method} ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    ...(body === undefined ? [] : ['content-type: application/json', `content-length: ${Buffer.byteLength(text)}`]),
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${text}`);
}

/** One request at a time. Answers have a length, or are chunked. */
export class HttpConnection {
  private readonly port: number;
  private socket: Socket | undefined;
  private received: Buffer[] = [];
  private size = 0;
  private wanted = 0;
  private waiting: Waiting | undefined;

  constructor(port: number) {
    this.port = port;
  }

  send(wire: Buffer, attempts = 1): Promise<Answer> {
    const socket = this.open();
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject, wire, attempts };
      socket.write(wire);
    });
  }

  /** Closes it; an answer that is still awaited never comes. */
  close(): void {
    const { socket, waiting } = this;
    this.socket = undefined;
    this.waiting = undefined;
    socket?.destroy();
    waiting?.reject(new Error('The connection was closed.'));
  }

  private open(): Socket {
    if (this.socket && !this.socket.destroyed) return this.socket;
    const socket = connect(this.port, '127.0.0.1').setNoDelay(true);
    socket.on('data', (bytes) => this.take(bytes));
    socket.on('error', (error) => this.fail(socket, error));
    socket.on('close', () => this.fail(socket, new Error('The server closed the connection.')));
    this.socket = socket;
    return socket;
  }

  private take(bytes: Buffer): void {
    this.received.push(bytes);
    this.size += bytes.length;
    if (this.size < this.wanted) return;
    const all = this.received.length === 1 ? bytes : Buffer.concat(this.received);
    const answer = read(all);
    if (typeof answer === 'number') {
      this.received = [all];
      this.wanted = answer;
      return;
    }
    this.received = [];
    this.size = 0;
    this.wanted = 0;
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve(answer);
  }

  private fail(socket: Socket, error: Error): void {
    if (this.socket !== socket) return;
    const hasBegun = this.size > 0;
    this.socket = undefined;
    this.received = [];
    this.size = 0;
    this.wanted = 0;
    const { waiting } = this;
    this.waiting = undefined;
    if (!waiting) return;
    // A server may close a kept connection just when it is used again, or end a worker that was too slow: the request
    // goes out on a fresh connection.
    const { wire, attempts, resolve, reject } = waiting;
    if (hasBegun || attempts >= MOST_ATTEMPTS) reject(error);
    else setTimeout(() => this.send(wire, attempts + 1).then(resolve, reject), (attempts - 1) * PAUSE_MS);
  }
}

/** The answer, or how many bytes are needed before it is worth another look. */
function read(bytes: Buffer): Answer | number {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end < 0) return bytes.length + 1;
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const start = end + END_OF_HEAD.length;
  if (length === undefined) return readChunks(bytes, start, status);
  const total = start + Number(length);
  return bytes.length < total ? total : { status, body: bytes.subarray(start, total) };
}

function readChunks(bytes: Buffer, start: number, status: number): Answer | number {
  const parts: Buffer[] = [];
  for (let at = start; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return bytes.length + 1;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    const next = line + 2 + size + 2;
    if (bytes.length < next) return next;
    if (size === 0) return { status, body: Buffer.concat(parts) };
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = next;
  }
}
