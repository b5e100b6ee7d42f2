// What a WebSocket may do, and for how long it may do nothing.

import type { AdmissionLimits } from './admission.ts';
import type { SocketLimits } from './subscriber-socket.ts';

export interface WebSocketLimits extends AdmissionLimits, SocketLimits {
  /** How long a client may take to begin, milliseconds. */
  readonly initTimeoutMs: number;
  readonly maxMessageBytes: number;
  readonly maxSubscriptionsPerSocket: number;
}

export const DEFAULT_WEBSOCKET_LIMITS: WebSocketLimits = {
  initTimeoutMs: 5_000,
  maxMessageBytes: 32 * 1024 * 1024,
  maxSubscriptionsPerSocket: 1_000,
  maxSocketsPerAddress: 1_000,
  allowedOrigins: [],
  pingMs: 12_000,
  stallMs: 30_000,
  maxLag: 1_000,
};
