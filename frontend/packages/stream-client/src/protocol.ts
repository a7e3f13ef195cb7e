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
      /** Seconds. */
      readonly ackInterval: number;
    }
  | { readonly kind: 'caught_up'; readonly cursor: Cursor }
  | { readonly kind: 'reset'; readonly cursor: Cursor; readonly reason: string }
  | { readonly kind: 'ping'; readonly head: number }
  | { readonly kind: 'expiring' }
  | { readonly kind: 'drain'; readonly after: number }
  | { readonly kind: 'error'; readonly error: StreamError }
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

const UNKNOWN: ServerFrame = { kind: 'unknown' };

export const formatCursor = (cursor: Cursor): string => `${cursor.epoch}.${cursor.seq}`;

export function parseCursor(text: unknown): Cursor | null {
  const found = typeof text === 'string' ? /^([\w-]{1,16})\.(0|[1-9]\d{0,14})$/.exec(text) : null;
  return found?.[1] && found[2] ? { epoch: found[1], seq: Number(found[2]) } : null;
}

export function parseText(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const members = (value: unknown): Members => (typeof value === 'object' && value !== null ? (value as Members) : {});
const within = (value: unknown, fallback: number): number =>
  typeof value === 'number' && value > 0 ? value : fallback;

function parseEntry(value: unknown): Entry | null {
  const { seq, at, type } = members(value);
  return isNumber(seq) && seq > 0 && isText(at) && isText(type) ? (value as Entry) : null;
}

export function parseFrame(value: unknown): ServerFrame {
  const frame = members(value);
  if ('seq' in frame) {
    const entry = parseEntry(value);
    return entry ? { kind: 'entry', entry } : UNKNOWN;
  }
  const cursor = parseCursor(frame.cursor);
  switch (frame.type) {
    case 'welcome':
      return cursor
        ? {
            kind: 'welcome',
            cursor,
            resumed: frame.resumed === true,
            heartbeat: within(frame.heartbeat, 25),
            ackInterval: within(members(frame.limits).ack_interval, 5),
          }
        : UNKNOWN;
    case 'caught_up':
      return cursor ? { kind: 'caught_up', cursor } : UNKNOWN;
    case 'reset':
      return cursor ? { kind: 'reset', cursor, reason: isText(frame.reason) ? frame.reason : 'epoch' } : UNKNOWN;
    case 'ping':
      return isNumber(frame.head) ? { kind: 'ping', head: frame.head } : UNKNOWN;
    case 'expiring':
      return { kind: 'expiring' };
    case 'drain':
      return { kind: 'drain', after: within(frame.reconnect_in_ms, 1) };
    case 'error':
      return isText(frame.code) && isText(frame.message) ? { kind: 'error', error: value as StreamError } : UNKNOWN;
    case 'typing':
      return isNumber(frame.from_user) ? { kind: 'ephemeral', frame: value as Ephemeral } : UNKNOWN;
    case 'presence':
      return isNumber(frame.user) && typeof frame.online === 'boolean'
        ? { kind: 'ephemeral', frame: value as Ephemeral }
        : UNKNOWN;
    case 'post_activity':
      return [frame.post_id, frame.likes, frame.comments, frame.version].every(isNumber)
        ? { kind: 'ephemeral', frame: value as Ephemeral }
        : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

export function parsePage(value: unknown): Page | null {
  const page = members(value);
  const cursor = parseCursor(page.cursor);
  if (!cursor || !Array.isArray(page.entries)) return null;
  return {
    cursor,
    head: isNumber(page.head) ? page.head : cursor.seq,
    more: page.more === true,
    entries: page.entries.map(parseEntry).filter((entry) => entry !== null),
    ...(isText(page.reset) ? { reset: page.reset } : {}),
  };
}
