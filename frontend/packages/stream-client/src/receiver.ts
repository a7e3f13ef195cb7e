/**
 * The client's half of `numeneon.v1`: a pure machine. `step(state, input)` gives the next state and what to do about it; bytes, time,
 * dice and the application belong to `client.ts`. Both halves of the protocol replay the same `protocol/transcripts`.
 *
 * An entry is handed on iff it is the next one. Anything else is repaired on the same connection, by `sync`, and in the end by a
 * snapshot: clients that reconnect because of a gap meet the same gap again, for ever.
 */

import { delayAfter, verdict } from './backoff.ts';
import { type ClientFrame, type Cursor, type Entry, formatCursor, type ServerFrame } from './protocol.ts';
import {
  ackDue,
  type Effect,
  type Input,
  type Mode,
  type Open,
  type State,
  type StopReason,
} from './receiver-state.ts';

/** Entries the application may be behind; beyond this they are left in the server's table and fetched later. */
export const MOST_PENDING = 2_000;
const ANSWER_IN = 10_000;
const STABLE = 60_000;
const ACK_DOUBT = 30_000;
const TYPING_EVERY = 2_000;
const ACK_EVERY = 5;
const LIVE: Mode = { name: 'live' };

const STOP_REASONS: Readonly<Record<number, StopReason>> = {
  4001: 'unauthenticated',
  4003: 'forbidden',
  4004: 'signed_out',
  4005: 'unknown_protocol',
  4006: 'malformed',
  4009: 'replaced',
};

/** One step under way: a copy of the state to write on. What hangs below it is shared with the old state, and replaced, not written on. */
type Turn = { -readonly [Member in keyof State]: State[Member] } & {
  readonly now: number;
  readonly random: number;
  readonly effects: Effect[];
};

export function step(before: State, input: Input): [State, Effect[]] {
  const turn: Turn = { ...before, now: input.now, random: input.random, effects: [] };
  take(turn, input);
  settle(turn);
  const { now: _now, random: _random, effects, ...after } = turn;
  return [after, effects];
}

function take(turn: Turn, input: Input): unknown {
  const { phase, place, now } = turn;
  const halted = phase.name === 'idle' || phase.name === 'stopped';
  switch (input.on) {
    case 'start':
      return halted && start(turn, input.cursor);
    case 'stop':
      if (ackDue(turn)) acknowledge(turn);
      return stop(turn, input.reason);
    case 'opened':
      return opened(turn, input.link, input.token);
    case 'frame':
      return heard(turn, input.link, input.frame);
    case 'closed':
      return closed(turn, input.link, input.code);
    case 'applied': {
      turn.pending = Math.max(0, turn.pending - 1);
      if (place?.epoch !== input.cursor.epoch) return;
      const received = halted ? Math.max(place.received, input.cursor.seq) : place.received;
      turn.place = { ...place, received, applied: Math.max(place.applied, Math.min(received, input.cursor.seq)) };
      return;
    }
    case 'snapshot_taken':
      turn.snapshots = Math.max(0, turn.snapshots - 1);
      // Entries handed over before the snapshot have all come back: the application takes one thing after the other.
      if (place && !turn.snapshots)
        turn.place = { ...place, applied: Math.max(place.applied, place.received - turn.pending) };
      return;
    case 'token':
      return send(turn, { type: 'refresh', token: input.token });
    case 'watch':
    case 'unwatch':
      return watch(turn, input.on, input.topics);
    case 'type':
      if (phase.name !== 'open' || now - (turn.typedAt.get(input.to) ?? -TYPING_EVERY) < TYPING_EVERY) return;
      turn.typedAt = new Map(turn.typedAt).set(input.to, now);
      return send(turn, { type: 'typing', to: input.to });
    case 'wake':
      return wake(turn, input.online);
    case 'offline':
      turn.online = false;
      return;
    case 'elsewhere':
      close(turn);
      turn.attempts = 0;
      return halted || connect(turn);
    case 'tick':
      return tick(turn);
  }
}

/** What may follow from any input: a gap to repair, something applied to acknowledge. */
function settle(turn: Turn): void {
  const { phase, place, head, pending, ackAt, now } = turn;
  if (phase.name !== 'open' || phase.mode.name !== 'live' || !place) return;
  if (head > place.received && pending < MOST_PENDING / 2) sync(turn, phase, 0);
  else if (ackDue(turn) && now - ackAt >= phase.ackEvery) acknowledge(turn);
}

// ---------------------------------------------------------------- connections

/** The cursor to resume from. */
export const placeOf = ({ place }: State): string | null =>
  place && formatCursor({ epoch: place.epoch, seq: place.received });

const linkOf = ({ phase }: State): number => ('link' in phase ? phase.link : 0);

/** On a connection that has been welcomed; elsewhere there is nobody to tell. */
function send({ phase, effects }: Turn, frame: ClientFrame): void {
  if (phase.name === 'open') effects.push({ do: 'send', link: phase.link, frame });
}

function close(turn: Turn): void {
  const link = linkOf(turn);
  if (link) turn.effects.push({ do: 'close', link });
}

function connect(turn: Turn): void {
  const link = ++turn.links;
  turn.effects.push({ do: 'open', link });
  turn.phase = { name: 'opening', link, deadline: turn.now + ANSWER_IN };
}

function start(turn: Turn, cursor: Cursor | null): void {
  turn.attempts = 0;
  turn.reached = false;
  // State that is older than what we have applied since does not take us back.
  const behind = cursor?.epoch === turn.place?.epoch && (cursor?.seq ?? 0) <= (turn.place?.applied ?? 0);
  if (cursor && !behind) {
    turn.place = { epoch: cursor.epoch, received: cursor.seq, applied: cursor.seq };
    turn.head = turn.acked = cursor.seq;
  }
  connect(turn);
}

function stop(turn: Turn, reason: StopReason): void {
  const { place, snapshots } = turn;
  close(turn);
  turn.phase = { name: 'stopped', reason };
  // What was handed over and did not come back is handed over again after a start; a snapshot that was not taken is asked for again.
  turn.place = place && !snapshots && reason !== 'signed_out' ? { ...place, received: place.applied } : null;
  turn.head = turn.place?.applied ?? 0;
  turn.pending = turn.snapshots = 0;
}

function opened(turn: Turn, link: number, token: string | null): void {
  const { phase, now, effects } = turn;
  if (phase.name !== 'opening' || phase.link !== link) return;
  turn.phase = { ...phase, deadline: now + ANSWER_IN };
  const resume = placeOf(turn);
  const hello: ClientFrame = {
    type: 'hello',
    ...(token === null ? {} : { token }),
    ...(resume === null ? {} : { resume }),
  };
  effects.push({ do: 'send', link, frame: hello });
}

function closed(turn: Turn, link: number, code: number) {
  const { phase, now, random } = turn;
  if (linkOf(turn) !== link) return;
  if (verdict(code) === 'stop') return stop(turn, STOP_REASONS[code] ?? 'refused');
  const was = phase.name === 'open' ? phase : null;
  if (now - turn.ackAt < ACK_DOUBT) turn.acked = 0;
  if (was && now - was.welcomedAt >= STABLE) turn.attempts = 0;
  const until = was?.leaveAt ?? now + delayAfter(code, was !== null, ++turn.attempts, random);
  turn.phase = { name: 'waiting', until };
}

function wake(turn: Turn, online: boolean): void {
  const { phase, now } = turn;
  turn.online ||= online;
  if (phase.name === 'waiting') connect(turn);
  if (phase.name !== 'open') return;
  // Another network, perhaps: unless heard from just now, the connection may be gone without a word. Ask it something.
  const quiet = now - (phase.deadAt - phase.silence) >= ANSWER_IN;
  if (online && quiet && phase.mode.name === 'live')
    sync(turn, { ...phase, deadAt: Math.min(phase.deadAt, now + ANSWER_IN) }, 0);
}

function tick(turn: Turn) {
  const { phase, now } = turn;
  if (phase.name === 'waiting' && now >= phase.until) connect(turn);
  if (phase.name === 'opening' && now >= phase.deadline) cut(turn, phase.link);
  if (phase.name !== 'open') return;
  const { mode, link, leaveAt } = phase;
  if (now >= phase.deadAt) return cut(turn, link);
  if (leaveAt !== null && now >= leaveAt) {
    close(turn);
    return connect(turn);
  }
  if (now - phase.welcomedAt >= STABLE) turn.attempts = 0;
  if (mode.name === 'syncing' && now >= mode.deadline) unrepaired(turn, phase, mode.failures + 1, 0);
  if (mode.name === 'resetting' && now >= mode.deadline) reset(turn, phase, mode.cursor, 'unrepaired');
}

function cut(turn: Turn, link: number): void {
  close(turn);
  closed(turn, link, 1006);
}

// ---------------------------------------------------------------- frames

function heard(turn: Turn, link: number, frame: ServerFrame): void {
  const { phase, now } = turn;
  if (linkOf(turn) !== link) return;
  turn.online = true;
  if (frame.kind === 'error') turn.effects.push({ do: 'error', error: frame });
  // A welcome on an open link: the transport has changed beneath it.
  if (frame.kind === 'welcome') welcome(turn, link, frame);
  else if (phase.name === 'open') follow(turn, { ...phase, deadAt: now + phase.silence }, frame);
}

function welcome(
  turn: Turn,
  link: number,
  { cursor, resumed, heartbeat, limits }: Extract<ServerFrame, { kind: 'welcome' }>,
): void {
  const { place, topics, now } = turn;
  const silence = heartbeat * 1000 + ANSWER_IN;
  const replay: Mode = { name: 'syncing', failures: -1, deadline: now + silence };
  const refused: Mode = { name: 'resetting', cursor, deadline: now + ANSWER_IN };
  const phase: Open = {
    name: 'open',
    link,
    mode: resumed && place?.epoch === cursor.epoch ? replay : refused,
    welcomedAt: now,
    silence,
    deadAt: now + silence,
    ackEvery: (limits?.ack_interval ?? ACK_EVERY) * 1000,
    leaveAt: null,
  };
  turn.phase = phase;
  turn.reached = true;
  if (topics.length > 0) send(turn, { type: 'watch', topics: [...new Set(topics)] });
  if (place) return;
  reset(turn, phase, cursor, 'fresh');
  turn.acked = cursor.seq;
}

function follow(turn: Turn, phase: Open, frame: Exclude<ServerFrame, { kind: 'welcome' }>) {
  turn.phase = phase;
  switch (frame.kind) {
    case 'entry':
      return entry(turn, phase, frame.entry);
    case 'caught_up':
      return caughtUp(turn, phase, frame.cursor);
    case 'reset':
      return reset(turn, phase, frame.cursor, frame.reason);
    case 'ping':
      if (phase.mode.name !== 'resetting') turn.head = Math.max(turn.head, frame.head);
      return send(turn, { type: 'pong' });
    case 'ephemeral':
      turn.effects.push({ do: 'ephemeral', frame: frame.frame });
      return;
    case 'expiring':
      turn.effects.push({ do: 'token' });
      return;
    case 'drain':
      turn.phase = { ...phase, leaveAt: turn.now + frame.reconnect_in_ms };
      return;
    case 'error':
    case 'unknown':
  }
}

// ---------------------------------------------------------------- the stream

function entry(turn: Turn, phase: Open, given: Entry): void {
  const { place, pending, now } = turn;
  const { mode } = phase;
  // Until the reset says which numbers are meant, a seq may be one of another epoch.
  if (!place || mode.name === 'resetting') return;
  turn.head = Math.max(turn.head, given.seq);
  if (given.seq !== place.received + 1 || pending >= MOST_PENDING) return;
  if (mode.name === 'syncing')
    turn.phase = { ...phase, mode: { ...mode, deadline: Math.max(mode.deadline, now + ANSWER_IN) } };
  turn.pending += 1;
  turn.place = { ...place, received: given.seq };
  turn.effects.push({ do: 'apply', entry: given, cursor: { epoch: place.epoch, seq: given.seq } });
}

function caughtUp(turn: Turn, phase: Open, cursor: Cursor) {
  const { place, pending } = turn;
  const { mode } = phase;
  if (!place || mode.name === 'resetting') return;
  if (cursor.epoch !== place.epoch) return reset(turn, phase, cursor, 'epoch');
  turn.head = Math.max(turn.head, cursor.seq);
  const missing = place.received < turn.head && pending < MOST_PENDING;
  if (mode.name === 'syncing' && missing) unrepaired(turn, phase, mode.failures + 1, cursor.seq);
  else turn.phase = { ...phase, mode: LIVE };
}

function sync(turn: Turn, phase: Open, failures: number): void {
  const { now } = turn;
  turn.phase = { ...phase, mode: { name: 'syncing', failures, deadline: now + ANSWER_IN } };
  const after = placeOf(turn);
  if (after !== null) send(turn, { type: 'sync', after });
}

/** A sync did not bring what is missing. After the second one we believe the server's own cursor, and jump nowhere it did not name. */
function unrepaired(turn: Turn, phase: Open, failures: number, said: number) {
  const { place } = turn;
  if (!place || failures < 2) return sync(turn, phase, failures);
  reset(turn, phase, { epoch: place.epoch, seq: Math.max(place.received, said) }, 'unrepaired');
}

function reset(turn: Turn, phase: Open, cursor: Cursor, reason: string): void {
  const { epoch, seq } = cursor;
  turn.effects.push({ do: 'snapshot', cursor, reason });
  turn.phase = { ...phase, mode: LIVE };
  turn.place = { epoch, received: seq, applied: turn.place?.epoch === epoch ? Math.min(seq, turn.place.applied) : 0 };
  turn.head = seq;
  turn.acked = reason === 'unrepaired' ? Math.min(turn.acked, seq) : 0;
  turn.snapshots += 1;
}

function acknowledge(turn: Turn): void {
  const seq = turn.place?.applied ?? 0;
  turn.acked = seq;
  turn.ackAt = turn.now;
  send(turn, { type: 'ack', seq });
}

/** Only the first watch of a topic and the last unwatch are told. */
function watch(turn: Turn, type: 'watch' | 'unwatch', given: readonly string[]): void {
  const held = [...turn.topics];
  const told = given.filter((topic) => {
    const at = held.indexOf(topic);
    if (type === 'watch') held.push(topic);
    else if (at >= 0) held.splice(at, 1);
    return type === 'watch' ? at < 0 : at >= 0 && !held.includes(topic);
  });
  turn.topics = held;
  if (told.length > 0) send(turn, { type, topics: told });
}
