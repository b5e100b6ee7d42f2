// Files of any commit through one `git cat-file --batch`, asked one after the other.

import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

const LINE_FEED = 10;

export class BlobReader {
  private readonly chunks: AsyncIterator<Buffer>;
  private pending: Buffer = Buffer.alloc(0);
  private last: Promise<unknown> = Promise.resolve();
  private failure: Error | undefined;

  constructor(private readonly process: ChildProcessByStdio<Writable, Readable, null>) {
    this.chunks = process.stdout[Symbol.asyncIterator]();
    process.on('error', (error) => {
      this.failure = error;
    });
    // Writing to a process that has ended is told by what it does not answer.
    process.stdin.on('error', () => {});
  }

  /**
   * A file by its `<commit>:<path>`, null where there is none.
   * @throws Error with a reason to report, where it is too large or no file
   */
  read(spec: string, maxBytes: number): Promise<Buffer | null> {
    const answer = this.last.then(() => this.ask(spec, maxBytes));
    this.last = answer.catch(() => {});
    return answer;
  }

  close(): void {
    this.process.stdin.end();
  }

  private async ask(spec: string, maxBytes: number): Promise<Buffer | null> {
    if (!this.process.stdin.write(`${spec}\n`)) await Promise.race([once(this.process.stdin, 'drain'), this.ended()]);
    const header = (await this.line()).toString('utf8');
    if (header === `${spec} missing` || header === `${spec} ambiguous`) return null;
    const [, type, size] = /^[0-9a-f]+ ([a-z]+) ([0-9]+)$/.exec(header) ?? [];
    if (type === undefined) throw new Error(`could not be read from git: ${header}`);
    const length = Number(size);
    if (type !== 'blob' || length > maxBytes) {
      await this.skip(length + 1);
      throw new Error(type === 'blob' ? tooLarge(maxBytes) : `is no file, but a ${type} of git`);
    }
    const content = await this.take(length);
    await this.skip(1);
    return content;
  }

  private async line(): Promise<Buffer> {
    let end = this.pending.indexOf(LINE_FEED);
    while (end < 0) {
      await this.more();
      end = this.pending.indexOf(LINE_FEED);
    }
    const line = this.pending.subarray(0, end);
    this.pending = this.pending.subarray(end + 1);
    return line;
  }

  private async take(length: number): Promise<Buffer> {
    while (this.pending.length < length) await this.more();
    const taken = Buffer.from(this.pending.subarray(0, length));
    this.pending = this.pending.subarray(length);
    return taken;
  }

  /** Lets bytes pass without keeping them. */
  private async skip(length: number): Promise<void> {
    let left = length;
    while (left > this.pending.length) {
      left -= this.pending.length;
      this.pending = Buffer.alloc(0);
      await this.more();
    }
    this.pending = this.pending.subarray(left);
  }

  private async more(): Promise<void> {
    const { value, done } = await this.chunks.next();
    if (done) throw this.failure ?? new Error('could not be read: git has ended');
    this.pending = this.pending.length === 0 ? value : Buffer.concat([this.pending, value]);
  }

  private async ended(): Promise<void> {
    if (this.process.exitCode === null) await once(this.process, 'exit');
  }
}

/** Why a file is not read. */
export function tooLarge(maxBytes: number): string {
  return `is larger than ${(maxBytes / 1024 / 1024).toLocaleString('en')} MB`;
}
