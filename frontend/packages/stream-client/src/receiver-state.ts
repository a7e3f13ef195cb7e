/**
 * The receiver's vocabulary: what it knows, what it is told, what it asks for. All plain values, so that a bug report can be a list of inputs.
 */

import type { ClientFrame, Cursor, Entry, Ephemeral, ServerFrame, StreamError } from './protocol.ts';

/** How far we are. `received` has been handed to the application, `applied` has come back from it; both without holes. */
interface Place {
  readonly epoch: string;
  readonly received: number;
  readonly applied: number;
}

export type Mode =
  | { readonly name: 'live' }
  /** Refused to resume; the reset that says where to go on is due. */
  | { readonly name: 'resetting'; readonly cursor: Cursor; readonly deadline: number }
  /** Entries up to the next caught_up are due: after a hello (failures is -1, no sync has been needed yet), or after a sync. */
  | { readonly name: 'syncing'; readonly failures: number; readonly deadline: number };

export type StopReason =
  | 'by_app'
  | 'unauthenticated'
  | 'forbidden'
  | 'signed_out'
  | 'unknown_protocol'
  | 'malformed'
  | 'replaced'
  | 'refused';

export interface Open {
  readonly name: 'open';
  readonly link: number;
  readonly mode: Mode;
  readonly welcomedAt: number;
  /** Longest silence to accept, in ms, and when it is over. */
  readonly silence: number;
  readonly deadAt: number;
  readonly ackEvery: number;
  /** When a draining server wants us gone. */
  readonly leaveAt: number | null;
}

type Phase =
  | { readonly name: 'idle' }
  | { readonly name: 'stopped'; readonly reason: StopReason }
  | { readonly name: 'waiting'; readonly until: number }
  /** Until welcome; hello has been sent or not. */
  | { readonly name: 'opening'; readonly link: number; readonly deadline: number }
  | Open;

export interface State {
  readonly phase: Phase;
  readonly place: Place | null;
  /** The highest seq known to exist. */
  readonly head: number;
  /** Entries handed over and not yet confirmed. */
  readonly pending: number;
  /** Snapshots asked for and not yet taken. */
  readonly snapshots: number;
  readonly acked: number;
  readonly ackAt: number;
  /** Failed connections since the last stable one. */
  readonly attempts: number;
  readonly online: boolean;
  /** With repetitions: what was watched twice must be unwatched twice. */
  readonly topics: readonly string[];
  readonly typedAt: ReadonlyMap<number, number>;
  /** The id of the newest link. What an older one still says is not heard. */
  readonly links: number;
  /** Welcomed at least once since the start. */
  readonly reached: boolean;
}

export type Input = { readonly now: number /** In [0, 1). */; readonly random: number } & (
  | { readonly on: 'start'; readonly cursor: Cursor | null }
  | { readonly on: 'stop'; readonly reason: StopReason }
  | { readonly on: 'opened'; readonly link: number; readonly token: string | null }
  | { readonly on: 'frame'; readonly link: number; readonly frame: ServerFrame }
  | { readonly on: 'closed'; readonly link: number; readonly code: number }
  | { readonly on: 'applied'; readonly cursor: Cursor }
  | { readonly on: 'snapshot_taken' }
  | { readonly on: 'token'; readonly token: string }
  | { readonly on: 'watch' | 'unwatch'; readonly topics: readonly string[] }
  | { readonly on: 'type'; readonly to: number }
  | { readonly on: 'wake'; readonly online: boolean }
  | { readonly on: 'offline' }
  /** There is another way now. */
  | { readonly on: 'elsewhere' }
  | { readonly on: 'tick' }
);

export type Effect =
  | { readonly do: 'open'; readonly link: number }
  | { readonly do: 'close'; readonly link: number }
  | { readonly do: 'send'; readonly link: number; readonly frame: ClientFrame }
  | { readonly do: 'apply'; readonly entry: Entry; readonly cursor: Cursor }
  | { readonly do: 'snapshot'; readonly cursor: Cursor; readonly reason: string }
  | { readonly do: 'ephemeral'; readonly frame: Ephemeral }
  | { readonly do: 'token' }
  | { readonly do: 'error'; readonly error: StreamError };

export const initial: State = {
  phase: { name: 'idle' },
  place: null,
  head: 0,
  pending: 0,
  snapshots: 0,
  acked: 0,
  ackAt: Number.NEGATIVE_INFINITY,
  attempts: 0,
  online: true,
  topics: [],
  typedAt: new Map(),
  links: 0,
  reached: false,
};

/** Not in the middle of a replay or a snapshot: one ack then covers all of it. */
export const ackDue = ({ place, acked, snapshots }: State): boolean =>
  snapshots === 0 && place !== null && place.applied > acked;
