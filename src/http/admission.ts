// Who may open a WebSocket: from which pages, and how many from one address.

import type { IncomingMessage } from 'node:http';

export interface AdmissionLimits {
  /** Pages from elsewhere that may connect, such as `https://example.org`; `*` for any. */
  readonly allowedOrigins: readonly string[];
  /** Sockets that are open at once from one address; 0 for any number. */
  readonly maxSocketsPerAddress: number;
}

export class Admission {
  private readonly open = new Map<string, number>();

  constructor(
    private readonly path: string,
    private readonly limits: AdmissionLimits,
  ) {}

  /** The status line of an upgrade that is refused; undefined where it is welcome. */
  refusalOf({ url, headers, socket }: IncomingMessage): string | undefined {
    if (url?.split('?')[0] !== this.path) return '404 Not Found';
    if (!this.isAllowed(headers.origin, headers.host)) return '403 Forbidden';
    const { maxSocketsPerAddress } = this.limits;
    const open = this.open.get(socket.remoteAddress ?? '') ?? 0;
    return maxSocketsPerAddress > 0 && open >= maxSocketsPerAddress ? '429 Too Many Requests' : undefined;
  }

  /** Counts a socket of an address, until the function it returns is called. */
  admit({ socket }: IncomingMessage): () => void {
    const address = socket.remoteAddress ?? '';
    this.open.set(address, (this.open.get(address) ?? 0) + 1);
    return () => {
      const left = (this.open.get(address) ?? 1) - 1;
      if (left > 0) this.open.set(address, left);
      else this.open.delete(address);
    };
  }

  /** Browsers name the page that asks, and a page from elsewhere may not by default; programs name none. */
  private isAllowed(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined) return true;
    const { allowedOrigins } = this.limits;
    if (allowedOrigins.includes('*') || allowedOrigins.includes(origin.toLowerCase())) return true;
    return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
  }
}
