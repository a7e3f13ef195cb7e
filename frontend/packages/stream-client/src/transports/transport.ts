/**
 * A way to a stream. Whatever it is made of, it looks like a socket that speaks `numeneon.v1`: the receiver neither knows nor cares,
 * and one cursor resumes them all.
 */

import type { Environment } from '../environment.ts';
import type { ClientFrame, ServerFrame } from '../protocol.ts';

export type TransportName = 'websocket' | 'sse' | 'long_poll' | 'poll';

export interface Link {
  /** Null by way of another tab, whose transport is the one that matters. */
  readonly name: TransportName | null;
  send(frame: ClientFrame): void;
  /** No event comes after this. */
  close(): void;
}

export interface LinkEvents {
  /** Ready for hello. */
  opened(): void;
  frame(frame: ServerFrame): void;
  /** Once, at the end; a code as a WebSocket would give. */
  closed(code: number): void;
  /** The cursor a hello sent now would bring. */
  place(): string | null;
}

export interface Transport {
  /** May throw where it cannot work; that counts as a failed connection. */
  open(environment: Environment, base: string, events: LinkEvents): Link;
}
