/**
 * The client's half of `numeneon.v1`: a pure machine. `step(state, input)` gives the next state and what to do about it; bytes, time,
 * dice and the application belong to `client.ts`. Both halves of the protocol replay the same `protocol/transcripts`.
 *
 * An entry is handed on iff it is the next one. Anything else is repaired on the same connection, by `sync`, and in the end by a
 * snapshot: clients that reconnect because of a gap meet the same gap again, for ever.
 */

import { delayAfter, verdict } from './backoff.ts';
import { carries, failed, ladderOf, probeFailed, probeNow, probeRung, welcomed } from './ladder.ts';
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
const LIVE: Mode = { name: 'live' };

const STOP_REASONS: Readonly<Record<number, StopReason>> = {
  4001: 'unauthenticated',
  4003: 'forbidden',
  4004: 'signed_out',
  4005: 'unknown_protocol',
  4006: 'malformed',
  4009: 'replaced',
};

export function step(before: State, input: Input): [State, Effect[]] {
  const effects: Effect[] = [];
  const after = settle(route(before, input, effects), input.now, effects);
  return [after, effects];
}

function route(state: State, input: Input, effects: Effect[]): State {
  const { now } = input;
  const { phase, place } = state;
  switch (input.on) {
    case 'start':
      return phase.name === 'idle' || phase.name === 'stopped' ? start(state, input.cursor, now, effects) : state;
    case 'stop':
      if (phase.name === 'open' && ackDue(state)) acknowledge(state, phase.link, effects);
      return stop(state, input.reason, effects);
    case 'opened':
      return opened(state, input.link, input.token, now, effects);
    case 'frame':
      return heard(state, input.link, input.frame, now, effects);
    case 'closed':
      return closed(state, input.link, input.code, now, input.random, effects);
    case 'applied': {
      const pending = Math.max(0, state.pending - 1);
      if (place?.epoch !== input.cursor.epoch) return { ...state, pending };
      const received = phase.name === 'stopped' ? Math.max(place.received, input.cursor.seq) : place.received;
      const applied = Math.max(place.applied, Math.min(received, input.cursor.seq));
      return { ...state, pending, place: { ...place, received, applied } };
    }
    case 'snapshot_taken': {
      const snapshots = Math.max(0, state.snapshots - 1);
      // Entries handed over before the snapshot have all come back: the application takes one thing after the other.
      const applied = place && !snapshots ? Math.max(place.applied, place.received - state.pending) : 0;
      return { ...state, snapshots, place: place && !snapshots ? { ...place, applied } : place };
    }
    case 'token':
      if (phase.name === 'open') send(effects, phase.link, { type: 'refresh', token: input.token });
      return state;
    case 'watch': {
      const fresh = input.topics.filter((topic, at, all) => !state.topics.includes(topic) && all.indexOf(topic) === at);
      if (fresh.length > 0 && phase.name === 'open') send(effects, phase.link, { type: 'watch', topics: fresh });
      return { ...state, topics: [...state.topics, ...input.topics] };
    }
    case 'unwatch': {
      const topics = [...state.topics];
      const gone = input.topics.filter((topic) => {
        const at = topics.indexOf(topic);
        if (at >= 0) topics.splice(at, 1);
        return at >= 0 && !topics.includes(topic);
      });
      if (gone.length > 0 && phase.name === 'open') send(effects, phase.link, { type: 'unwatch', topics: gone });
      return { ...state, topics };
    }
    case 'type': {
      const last = state.typedAt.get(input.to) ?? Number.NEGATIVE_INFINITY;
      if (phase.name !== 'open' || now - last < TYPING_EVERY) return state;
      send(effects, phase.link, { type: 'typing', to: input.to });
      const recent = [...state.typedAt].filter(([, at]) => now - at < TYPING_EVERY);
      return { ...state, typedAt: new Map([...recent, [input.to, now]]) };
    }
    case 'wake':
      return wake({ ...state, online: state.online || input.online }, input.online, now, effects);
    case 'offline':
      return { ...state, online: false };
    case 'ladder': {
      closeAll(state, effects);
      const next: State = { ...state, ladder: ladderOf(input.rungs), probe: null, attempts: 0 };
      return phase.name === 'idle' || phase.name === 'stopped' ? next : connect(next, now, effects);
    }
    case 'tick':
      return tick(state, now, input.random, effects);
  }
}

// ---------------------------------------------------------------- connections

const linkOf = ({ phase }: State): number => ('link' in phase ? phase.link : 0);

const send = (effects: Effect[], link: number, frame: ClientFrame): number => effects.push({ do: 'send', link, frame });

function closeAll(state: State, effects: Effect[]): void {
  for (const link of [linkOf(state), state.probe?.link]) if (link) effects.push({ do: 'close', link });
}

function start(state: State, cursor: Cursor | null, now: number, effects: Effect[]): State {
  const fresh: Partial<State> = cursor
    ? { place: { epoch: cursor.epoch, received: cursor.seq, applied: cursor.seq }, head: cursor.seq, acked: cursor.seq }
    : {};
  return connect({ ...state, ...fresh, attempts: 0, ladder: ladderOf(state.ladder.rungs) }, now, effects);
}

function connect(state: State, now: number, effects: Effect[]): State {
  const link = state.links + 1;
  effects.push({ do: 'open', link, rung: state.ladder.rung });
  return { ...state, links: link, phase: { name: 'opening', link, deadline: now + ANSWER_IN } };
}

function stop(state: State, reason: StopReason, effects: Effect[]): State {
  closeAll(state, effects);
  // What was handed over and did not come back is handed over again after a start; a snapshot that was not taken is asked for again.
  const { place } = state;
  const kept = place && !state.snapshots && reason !== 'signed_out' ? { ...place, received: place.applied } : null;
  return {
    ...state,
    phase: { name: 'stopped', reason },
    place: kept,
    head: kept?.applied ?? 0,
    pending: 0,
    snapshots: 0,
    probe: null,
  };
}

function opened(state: State, link: number, token: string | null, now: number, effects: Effect[]): State {
  const { phase, place, probe } = state;
  const current = phase.name === 'opening' && phase.link === link;
  if (!current && probe?.link !== link) return state;
  const resume = place ? { resume: formatCursor({ epoch: place.epoch, seq: place.received }) } : {};
  send(effects, link, { type: 'hello', ...(token === null ? {} : { token }), ...resume });
  return current ? { ...state, phase: { name: 'greeting', link, deadline: now + ANSWER_IN } } : state;
}

function closed(state: State, link: number, code: number, now: number, random: number, effects: Effect[]): State {
  const { phase, probe } = state;
  if (probe?.link === link) return { ...state, probe: null, ladder: probeFailed(state.ladder, now) };
  if (linkOf(state) !== link) return state;
  if (verdict(code) === 'stop') return stop(state, STOP_REASONS[code] ?? 'refused', effects);
  const acked = now - state.ackAt < ACK_DOUBT ? 0 : state.acked;
  const open = phase.name === 'open' ? phase : null;
  if (open && open.leaveAt !== null) return { ...state, acked, phase: { name: 'waiting', until: open.leaveAt } };
  const { attempts: before, ladder: carried } = open && now - open.welcomedAt >= STABLE ? stable(state) : state;
  const attempts = before + 1;
  // A code of the server's own is no fault of the way to it.
  const ladder = state.online && code < 4000 && carried === state.ladder ? failed(carried) : carried;
  const until = now + delayAfter(code, open !== null, attempts, random);
  return { ...state, acked, attempts, ladder, phase: { name: 'waiting', until } };
}

const stable = (state: State): State => ({ ...state, attempts: 0, ladder: carries(state.ladder) });

function wake(state: State, online: boolean, now: number, effects: Effect[]): State {
  const { phase } = state;
  if (phase.name === 'waiting') return connect(state, now, effects);
  if (phase.name !== 'open') return state;
  const probing = { ...state, ladder: probeNow(state.ladder, now) };
  // Another network, perhaps: unless heard from just now, the connection may be gone without a word. Ask it something.
  const quiet = now - (phase.deadAt - phase.silence) >= ANSWER_IN;
  if (!online || !quiet || phase.mode.name !== 'live') return probing;
  return sync(probing, { ...phase, deadAt: Math.min(phase.deadAt, now + ANSWER_IN) }, 0, now, effects);
}

function tick(state: State, now: number, random: number, effects: Effect[]): State {
  const { phase, probe, ladder } = state;
  if (probe && now >= probe.deadline) {
    effects.push({ do: 'close', link: probe.link });
    return closed(state, probe.link, 1006, now, random, effects);
  }
  switch (phase.name) {
    case 'idle':
    case 'stopped':
      return state;
    case 'waiting':
      return now >= phase.until ? connect(state, now, effects) : state;
    case 'opening':
    case 'greeting':
      return now >= phase.deadline ? cut(state, phase.link, now, random, effects) : state;
    case 'open': {
      if (now >= phase.deadAt) return cut(state, phase.link, now, random, effects);
      if (phase.leaveAt !== null && now >= phase.leaveAt) {
        effects.push({ do: 'close', link: phase.link });
        return connect(state, now, effects);
      }
      const steady = now - phase.welcomedAt >= STABLE && state.attempts > 0 ? stable(state) : state;
      const { mode } = phase;
      if ('deadline' in mode && now >= mode.deadline) {
        return mode.name === 'syncing'
          ? unrepaired(steady, phase, mode.failures + 1, null, now, effects)
          : reset(steady, phase, mode.cursor, 'unrepaired', effects);
      }
      if (ladder.rung === 0 || probe || now < ladder.probeAt) return steady;
      const link = state.links + 1;
      const rung = probeRung(ladder);
      effects.push({ do: 'open', link, rung });
      return { ...steady, links: link, probe: { link, rung, deadline: now + 2 * ANSWER_IN } };
    }
  }
}

function cut(state: State, link: number, now: number, random: number, effects: Effect[]): State {
  effects.push({ do: 'close', link });
  return closed(state, link, 1006, now, random, effects);
}

// ---------------------------------------------------------------- frames

function heard(before: State, link: number, frame: ServerFrame, now: number, effects: Effect[]): State {
  const { probe } = before;
  const probed = probe?.link === link;
  if (linkOf(before) !== link && !probed) return before;
  const state = before.online ? before : { ...before, online: true };
  const { phase } = state;
  if (frame.kind === 'error') effects.push({ do: 'error', error: frame.error });
  if (probed || phase.name === 'greeting') {
    if (frame.kind !== 'welcome') return state;
    if (probed && linkOf(state)) effects.push({ do: 'close', link: linkOf(state) });
    const ladder = welcomed(state.ladder, probed ? probe.rung : state.ladder.rung, now);
    return welcome({ ...state, ladder, probe: null }, link, frame, now, effects);
  }
  return phase.name === 'open' ? follow(state, { ...phase, deadAt: now + phase.silence }, frame, now, effects) : state;
}

function welcome(
  state: State,
  link: number,
  { cursor, resumed, heartbeat, ackInterval }: Extract<ServerFrame, { kind: 'welcome' }>,
  now: number,
  effects: Effect[],
): State {
  const { place, topics } = state;
  const fresh = place === null;
  const silence = heartbeat * 1000 + ANSWER_IN;
  const mode: Mode = fresh
    ? LIVE
    : resumed && place.epoch === cursor.epoch
      ? { name: 'syncing', failures: -1, deadline: now + silence }
      : { name: 'resetting', cursor, deadline: now + ANSWER_IN };
  const phase: Open = {
    name: 'open',
    link,
    mode,
    welcomedAt: now,
    silence,
    deadAt: now + silence,
    ackEvery: ackInterval * 1000,
    leaveAt: null,
  };
  if (topics.length > 0) send(effects, link, { type: 'watch', topics: [...new Set(topics)] });
  if (!fresh) return { ...state, phase };
  const { seq, epoch } = cursor;
  effects.push({ do: 'snapshot', cursor, reason: 'fresh' });
  return {
    ...state,
    phase,
    place: { epoch, received: seq, applied: seq },
    head: seq,
    acked: seq,
    snapshots: state.snapshots + 1,
  };
}

function follow(state: State, phase: Open, frame: ServerFrame, now: number, effects: Effect[]): State {
  const open = { ...state, phase };
  switch (frame.kind) {
    case 'entry':
      return entry(open, phase, frame.entry, now, effects);
    case 'caught_up':
      return caughtUp(open, phase, frame.cursor, now, effects);
    case 'reset':
      return reset(open, phase, frame.cursor, frame.reason, effects);
    case 'ping':
      send(effects, phase.link, { type: 'pong' });
      return { ...open, head: phase.mode.name === 'resetting' ? state.head : Math.max(state.head, frame.head) };
    case 'ephemeral':
      effects.push({ do: 'ephemeral', frame: frame.frame });
      return open;
    case 'expiring':
      effects.push({ do: 'token' });
      return open;
    case 'drain':
      return { ...open, phase: { ...phase, leaveAt: now + frame.after } };
    case 'welcome':
    case 'error':
    case 'unknown':
      return open;
  }
}

// ---------------------------------------------------------------- the stream

function entry(state: State, phase: Open, given: Entry, now: number, effects: Effect[]): State {
  const { place } = state;
  const { mode } = phase;
  // Until the reset says which numbers are meant, a seq may be one of another epoch.
  if (!place || mode.name === 'resetting') return state;
  const next = given.seq === place.received + 1;
  const head = Math.max(state.head, given.seq);
  if (!next || state.pending >= MOST_PENDING) return { ...state, head };
  effects.push({ do: 'apply', entry: given, cursor: { epoch: place.epoch, seq: given.seq } });
  const patient: Open =
    mode.name === 'syncing'
      ? { ...phase, mode: { ...mode, deadline: Math.max(mode.deadline, now + ANSWER_IN) } }
      : phase;
  return { ...state, head, pending: state.pending + 1, phase: patient, place: { ...place, received: given.seq } };
}

function caughtUp(state: State, phase: Open, cursor: Cursor, now: number, effects: Effect[]): State {
  const { place } = state;
  const { mode } = phase;
  if (!place || mode.name === 'resetting') return state;
  if (cursor.epoch !== place.epoch) return reset(state, phase, cursor, 'epoch', effects);
  const head = Math.max(state.head, cursor.seq);
  const missing = place.received < head && state.pending < MOST_PENDING;
  if (mode.name === 'syncing' && missing)
    return unrepaired({ ...state, head }, phase, mode.failures + 1, cursor, now, effects);
  return { ...state, head, phase: { ...phase, mode: LIVE } };
}

function sync(state: State, phase: Open, failures: number, now: number, effects: Effect[]): State {
  const { place } = state;
  if (!place) return state;
  send(effects, phase.link, { type: 'sync', after: formatCursor({ epoch: place.epoch, seq: place.received }) });
  return { ...state, phase: { ...phase, mode: { name: 'syncing', failures, deadline: now + ANSWER_IN } } };
}

/** A sync did not bring what is missing. After the second one we believe the server's own cursor, and jump nowhere it did not name. */
function unrepaired(
  state: State,
  phase: Open,
  failures: number,
  said: Cursor | null,
  now: number,
  effects: Effect[],
): State {
  const { place } = state;
  if (!place || failures < 2) return sync(state, phase, failures, now, effects);
  const seq = Math.max(place.received, said?.seq ?? 0);
  return reset(state, phase, { epoch: place.epoch, seq }, 'unrepaired', effects);
}

function reset(state: State, phase: Open, cursor: Cursor, reason: string, effects: Effect[]): State {
  const { epoch, seq } = cursor;
  effects.push({ do: 'snapshot', cursor, reason });
  const applied = state.place?.epoch === epoch ? Math.min(seq, state.place.applied) : 0;
  return {
    ...state,
    phase: { ...phase, mode: LIVE },
    place: { epoch, received: seq, applied },
    head: seq,
    acked: reason === 'unrepaired' ? Math.min(state.acked, seq) : 0,
    snapshots: state.snapshots + 1,
  };
}

const acknowledge = ({ place }: State, link: number, effects: Effect[]): unknown =>
  place && send(effects, link, { type: 'ack', seq: place.applied });

/** What may follow from any input: a gap to repair, something applied to acknowledge. */
function settle(state: State, now: number, effects: Effect[]): State {
  const { phase, place, head, ackAt } = state;
  if (phase.name !== 'open' || phase.mode.name !== 'live' || !place) return state;
  if (head > place.received && state.pending < MOST_PENDING / 2) return sync(state, phase, 0, now, effects);
  if (!ackDue(state) || now - ackAt < phase.ackEvery) return state;
  acknowledge(state, phase.link, effects);
  return { ...state, acked: place.applied, ackAt: now };
}
