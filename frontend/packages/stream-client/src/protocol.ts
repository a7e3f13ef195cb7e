/**
 * The wire, parsed once at the edge. `protocol/README.md` is the reference.
 *
 * An entry and a control frame both have a `type`, and an entry's type may be anything, so frames get a `kind` of our own to switch on.
 * What is malformed or unknown becomes `unknown`: a newer server must not break an old tab, and a lost entry shows as a gap.
 */

export interface Cursor {
  readonly epoch: string;
  readonly seq: number;
}

/** One numbered notification. Own members stay `unknown` until somebody knows the type. */
export interface Entry {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly text?: string;
  readonly link?: string;
  readonly [member: string]: unknown;
}

export type Ephemeral =
  | { readonly type: 'typing'; readonly from_user: number }
  | { readonly type: 'presence'; readonly user: number; readonly online: boolean }
  | {
      readonly type: 'post_activity';
      readonly post_id: number;
      readonly likes: number;
      readonly comments: number;
      readonly version: number;
    };

export interface StreamError {
  readonly code: string;
  readonly message: string;
  /** Seconds. */
  readonly retry_after?: number;
}

export type ServerFrame =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | {
      readonly kind: 'welcome';
      readonly cursor: Cursor;
      readonly resumed: boolean;
      /** Seconds. */
      readonly heartbeat: number;
      readonly limits?: { readonly /** Seconds. */ ack_interval?: number };
    }
  | { readonly kind: 'caught_up'; readonly cursor: Cursor }
  | { readonly kind: 'reset'; readonly cursor: Cursor; readonly reason: string }
  | { readonly kind: 'ping'; readonly head: number }
  | { readonly kind: 'expiring' }
  | { readonly kind: 'drain'; readonly reconnect_in_ms: number }
  | ({ readonly kind: 'error' } & StreamError)
  | { readonly kind: 'ephemeral'; readonly frame: Ephemeral }
  | { readonly kind: 'unknown' };

export type ClientFrame =
  | { readonly type: 'hello'; readonly token?: string; readonly resume?: string }
  | { readonly type: 'sync'; readonly after: string }
  | { readonly type: 'ack'; readonly seq: number }
  | { readonly type: 'watch' | 'unwatch'; readonly topics: readonly string[] }
  | { readonly type: 'typing'; readonly to: number }
  | { readonly type: 'refresh'; readonly token: string }
  | { readonly type: 'pong' };

/** An answer of `GET /api/events/`. */
export interface Page {
  readonly cursor: Cursor;
  readonly head: number;
  readonly more: boolean;
  readonly entries: readonly Entry[];
  readonly reset?: string;
}

type Members = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

export const formatCursor = (cursor: Cursor): string => `${cursor.epoch}.${cursor.seq}`;

export function parseCursor(text: unknown): Cursor | null {
  const [, epoch, seq] = /^([\w-]{1,16})\.(0|[1-9]\d{0,14})$/.exec(String(text)) ?? [];
  return epoch && seq ? { epoch, seq: Number(seq) } : null;
}

export function parseText(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
}

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isSpan: Check = (value) => typeof value === 'number' && value > 0;
const isCursor: Check = (value) => isText(value) && parseCursor(value) !== null;

/** Members a frame cannot do without. */
const CONTROL: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  welcome: { cursor: isCursor, resumed: isFlag, heartbeat: isSpan },
  caught_up: { cursor: isCursor },
  reset: { cursor: isCursor, reason: isText },
  ping: { head: isNumber },
  expiring: {},
  drain: { reconnect_in_ms: isSpan },
  error: { code: isText, message: isText },
};
const EPHEMERAL: typeof CONTROL = {
  typing: { from_user: isNumber },
  presence: { user: isNumber, online: isFlag },
  post_activity: { post_id: isNumber, likes: isNumber, comments: isNumber, version: isNumber },
};
const ENTRY = { seq: isNumber, at: isText, type: isText };

const fits = (frame: Members, shape: Readonly<Record<string, Check>>): boolean =>
  Object.entries(shape).every(([name, check]) => check(frame[name]));

const isEntry = (value: unknown): value is Entry => fits(Object(value), ENTRY);

export function parseFrame(value: unknown): ServerFrame {
  const frame: Members = Object(value);
  const type = String(frame.type);
  const known = (shapes: typeof CONTROL): boolean => Object.hasOwn(shapes, type) && fits(frame, shapes[type] ?? {});
  if ('seq' in frame) return isEntry(frame) ? { kind: 'entry', entry: frame } : { kind: 'unknown' };
  if (known(EPHEMERAL)) return { kind: 'ephemeral', frame: frame as Ephemeral };
  if (!known(CONTROL)) return { kind: 'unknown' };
  return { ...frame, kind: type, ...(frame.cursor ? { cursor: parseCursor(frame.cursor) } : {}) } as ServerFrame;
}

export function parsePage(value: unknown): Page | null {
  const page: Members = Object(value);
  const cursor = parseCursor(page.cursor);
  if (!cursor || !Array.isArray(page.entries)) return null;
  return {
    cursor,
    head: isNumber(page.head) ? page.head : cursor.seq,
    more: page.more === true,
    entries: page.entries.filter(isEntry),
    ...(isText(page.reset) ? { reset: page.reset } : {}),
  };
}
