// Progress on a stream: one line that is rewritten on a terminal, else a line every few seconds.

import type { WriteStream } from 'node:tty';

const REDRAW_MS = 100;
const LINE_EVERY_MS = 5_000;
/** Returns to the start of the line and erases it. */
const ERASE = '\r\u001b[K';

export class ProgressLine {
  private shownAt: number;
  private isDrawn = false;

  constructor(private readonly stream: WriteStream) {
    this.shownAt = stream.isTTY ? 0 : Date.now();
  }

  /** Shows how far something has come, or leaves it out where the last was shown a moment ago. */
  show(text: string): void {
    const now = Date.now();
    if (now - this.shownAt < (this.stream.isTTY ? REDRAW_MS : LINE_EVERY_MS)) return;
    this.shownAt = now;
    if (!this.stream.isTTY) this.stream.write(`${text}\n`);
    else {
      this.isDrawn = true;
      this.stream.write(`${ERASE}${text.slice(0, this.stream.columns - 1)}`);
    }
  }

  /** Leaves the terminal as it was. */
  end(): void {
    if (this.isDrawn) this.stream.write(ERASE);
    this.isDrawn = false;
  }
}
