/**
 * Everything the client needs of the platform, injected: it is compiled without DOM and Node types, so nothing can slip in.
 * `platform()` is the one place that looks at `globalThis`.
 */

export interface SocketLike {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: { getReader(): { read(): Promise<{ readonly done: boolean; readonly value?: unknown }> } } | null;
  json(): Promise<unknown>;
}

export interface Asking {
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: 'same-origin';
  readonly cache: 'no-store';
  readonly signal: unknown;
}

export interface ChannelLike {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(value: unknown): void;
  close(): void;
}

interface Locks {
  request(name: string, options: { readonly steal?: boolean }, held: () => Promise<void>): Promise<unknown>;
}

export type Wake = 'online' | 'offline' | 'visible';

export interface Environment {
  readonly origin: string;
  /** Absent where there is none: the transport that needs it then fails, and the next rung is tried. */
  readonly socket?: ((url: string, protocol: string) => SocketLike) | undefined;
  readonly fetch?: ((url: string, asking: Asking) => Promise<Answer>) | undefined;
  readonly locks?: Locks | undefined;
  readonly channel?: ((name: string) => ChannelLike) | undefined;
  aborter(): { readonly signal: unknown; abort(): void };
  decoder(): { decode(bytes: unknown, options: { readonly stream: true }): string };
  /** False only when there is surely no network. */
  online(): boolean;
  now(): number;
  random(): number;
  /** Runs once after so many milliseconds; returns the cancellation. */
  after(delay: number, run: () => void): () => void;
  onWake(listener: (wake: Wake) => void): () => void;
}

interface Constructor<Arguments extends readonly unknown[], Made> {
  new (...given: Arguments): Made;
}

interface Listening {
  addEventListener(name: string, listener: () => void): void;
  removeEventListener(name: string, listener: () => void): void;
}

interface Globals extends Partial<Listening> {
  readonly WebSocket?: Constructor<[string, string], SocketLike>;
  readonly BroadcastChannel?: Constructor<[string], ChannelLike>;
  readonly AbortController: Constructor<[], { readonly signal: unknown; abort(): void }>;
  readonly TextDecoder: Constructor<[], { decode(bytes: unknown, options: { readonly stream: true }): string }>;
  readonly fetch?: (url: string, asking: Asking) => Promise<Answer>;
  readonly navigator?: { readonly locks?: Locks; readonly onLine?: boolean };
  readonly location?: { readonly origin: string };
  readonly document?: Listening & { readonly visibilityState: string };
  setTimeout(run: () => void, delay: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** The browser's, the worker's or Node's own. */
export function platform(): Environment {
  const globals: Globals = Object(globalThis);
  const { WebSocket, BroadcastChannel, AbortController, TextDecoder, fetch, navigator, location, document } = globals;
  return {
    origin: location?.origin ?? '',
    socket: WebSocket && ((url, protocol) => new WebSocket(url, protocol)),
    fetch: fetch && ((url, asking) => fetch(url, asking)),
    locks: navigator?.locks,
    channel: BroadcastChannel && ((name) => new BroadcastChannel(name)),
    aborter: () => new AbortController(),
    decoder: () => new TextDecoder(),
    online: () => navigator?.onLine !== false,
    now: () => Date.now(),
    random: () => Math.random(),
    after(delay, run) {
      const timer = globals.setTimeout(run, delay);
      return () => globals.clearTimeout(timer);
    },
    onWake(listener) {
      const events: [Partial<Listening> | undefined, string, () => void][] = [
        [globals, 'online', () => listener('online')],
        [globals, 'offline', () => listener('offline')],
        [document, 'visibilitychange', () => document?.visibilityState === 'visible' && listener('visible')],
      ];
      for (const [target, name, run] of events) target?.addEventListener?.(name, run);
      return () => {
        for (const [target, name, run] of events) target?.removeEventListener?.(name, run);
      };
    },
  };
}
