/**
 * A world in which everything goes wrong, from a seed: frames are lost, doubled and overtaken, connections are cut, the application is slow
 * and crashes, entries are trimmed, the database is restored, hints never arrive. Then it calms down, and the books are checked.
 */

import { type Cursor, type Entry, formatCursor, parseCursor, parseFrame } from '../src/protocol.ts';
import { step as honestStep } from '../src/receiver.ts';
import { type Effect, type Input, initial, type State } from '../src/receiver-state.ts';
import { nextTick, statusOf } from '../src/status.ts';

export type StepFunction = typeof honestStep;
type Told<Each = Input> = Each extends unknown ? Omit<Each, 'now' | 'random'> : never;

export class Broken extends Error {}

/** mulberry32: small, seeded, good enough to make trouble with. */
export function dice(seed: number): () => number {
  let held = seed;
  return () => {
    held = (held + 0x6d2b79f5) | 0;
    let mixed = Math.imul(held ^ (held >>> 15), 1 | held);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const LIMITS = { ack_interval: 5 };

export function live(
  seed: number,
  step: StepFunction = honestStep,
): { applied: number; snapshots: number; connections: number } {
  const roll = dice(seed);
  const chance = (p: number): boolean => roll() < p;
  let now = 0;
  let queue: { at: number; run: () => void }[] = [];
  const later = (delay: number, run: () => void): void => {
    queue.push({ at: now + delay, run });
  };

  // ------------------------------------------------------------ the server, honest
  let epoch = 'e1';
  let floor = 0;
  let log: Entry[] = [];
  const head = (): number => log.at(-1)?.seq ?? floor;
  interface Connection {
    readonly link: number;
    live: boolean;
    sent: number;
    syncs: number[];
    arrives: number;
  }
  let connection: Connection | null = null;

  function commit(): void {
    const entry = { seq: head() + 1, at: 'now', type: 'x', epoch };
    log.push(entry);
    if (chance(0.8)) advance();
  }
  function advance(): void {
    if (!connection?.live) return;
    for (const entry of log) if (entry.seq > connection.sent) deliver(connection, entry);
    connection.sent = head();
  }
  function replayAfter(to: Connection, text: string, greet: boolean): void {
    const cursor = parseCursor(text);
    if (!cursor) throw new Broken(`malformed cursor ${text}`);
    const here = `${epoch}.${head()}`;
    const reason =
      cursor.epoch !== epoch ? 'epoch' : cursor.seq < floor ? 'trimmed' : cursor.seq > head() ? 'ahead' : null;
    const limited = !greet && to.syncs.filter((at) => now - at < 60_000).length > 6 ? 'sync_limit' : reason;
    if (greet) deliver(to, welcome(limited ? here : text, limited === null));
    to.live = true;
    if (limited) {
      deliver(to, { type: 'reset', cursor: here, reason: limited });
      to.sent = head();
      return;
    }
    to.sent = cursor.seq;
    advance();
    deliver(to, { type: 'caught_up', cursor: here });
  }
  const welcome = (cursor: string, resumed: boolean) => ({
    type: 'welcome',
    cursor,
    head: head(),
    resumed,
    heartbeat: 25,
    limits: LIMITS,
  });

  // ------------------------------------------------------------ the network, not
  let trouble = 1;
  function deliver(to: Connection, frame: object): void {
    if (chance(0.03 * trouble)) return;
    // On one connection frames keep their order, but for the few that are overtaken.
    to.arrives = Math.max(to.arrives, now + 5 + roll() * 20);
    const at = chance(0.03 * trouble) ? to.arrives + roll() * 300 : to.arrives;
    for (let copies = chance(0.05 * trouble) ? 2 : 1; copies > 0; copies--) {
      queue.push({ at, run: () => tell({ on: 'frame', link: to.link, frame: parseFrame(frame) }) });
    }
  }
  function cut(code: number): void {
    const gone = connection;
    connection = null;
    if (gone && !chance(0.2 * trouble)) later(5, () => tell({ on: 'closed', link: gone.link, code }));
  }

  // ------------------------------------------------------------ the application, slow and mortal
  let kept: { cursor: Cursor | null; entries: string[] } = { cursor: null, entries: [] };
  const snapshots: Cursor[] = [];
  let jobs: Effect[] = [];
  let working = false;
  let life = 0;
  let connections = 0;
  let sentAck = 0;

  function work(): void {
    const job = working ? undefined : jobs.shift();
    if (job?.do !== 'apply' && job?.do !== 'snapshot') return;
    working = true;
    const mine = life;
    later(roll() * 50, () => {
      if (mine !== life) return;
      working = false;
      if (job.do === 'apply') applied(job);
      else {
        if (job.cursor.epoch === epoch && job.cursor.seq > head())
          throw new Broken(`snapshot at ${formatCursor(job.cursor)}, which is not there yet`);
        snapshots.push(job.cursor);
        kept = { ...kept, cursor: job.cursor };
        tell({ on: 'snapshot_taken' });
      }
      work();
    });
  }
  function applied({ entry, cursor }: Extract<Effect, { do: 'apply' }>): void {
    const before = kept.cursor;
    const key = formatCursor(cursor);
    if (entry.epoch !== cursor.epoch) throw new Broken(`${entry.seq} of ${String(entry.epoch)} applied as ${key}`);
    if (kept.entries.includes(key)) throw new Broken(`${key} applied twice`);
    if (before && (before.epoch !== cursor.epoch || before.seq + 1 !== cursor.seq))
      throw new Broken(`${key} applied after ${formatCursor(before)}`);
    kept = { cursor, entries: [...kept.entries, key] };
    tell({ on: 'applied', cursor });
  }

  // ------------------------------------------------------------ the shell
  let state: State = initial;
  let timer = 0;
  function tell(told: Told): void {
    const waiting: Told[] = [told];
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const input: Input = { ...next, now, random: roll() };
      const [after, effects] = step(state, input);
      state = after;
      for (const effect of effects) carryOut(effect);
    }
    work();
    const at = nextTick(state);
    const mine = ++timer;
    if (at !== null) later(Math.max(0, at - now), () => mine === timer && tell({ on: 'tick' }));
  }
  function carryOut(effect: Effect) {
    switch (effect.do) {
      case 'open': {
        connections += 1;
        const { link } = effect;
        if (chance(0.2 * trouble)) return later(10, () => tell({ on: 'closed', link, code: 1006 }));
        return later(10, () => {
          connection = { link, live: false, sent: 0, syncs: [], arrives: now };
          tell({ on: 'opened', link, token: null });
        });
      }
      case 'close':
        if (connection?.link === effect.link) connection = null;
        return;
      case 'send': {
        const { frame, link } = effect;
        if (frame.type === 'ack') {
          sentAck = frame.seq;
          if (!kept.cursor || frame.seq > kept.cursor.seq)
            throw new Broken(`acknowledged ${frame.seq}, applied ${kept.cursor?.seq}`);
        }
        if (chance(0.02 * trouble)) return;
        return later(10, () => {
          const here = connection;
          if (here?.link !== link) return;
          if (frame.type === 'sync') here.syncs.push(now);
          if (frame.type === 'sync') replayAfter(here, frame.after, false);
          else if (frame.type === 'hello' && frame.resume) replayAfter(here, frame.resume, true);
          else if (frame.type === 'hello') {
            deliver(here, welcome(`${epoch}.${head()}`, false));
            here.sent = head();
            here.live = true;
          }
        });
      }
      case 'apply':
      case 'snapshot':
        jobs.push(effect);
        return;
      case 'ephemeral':
      case 'token':
      case 'error':
    }
  }
  function crash(): void {
    life += 1;
    sentAck = kept.cursor?.seq ?? 0;
    working = false;
    jobs = [];
    connection = null;
    state = { ...initial, links: state.links };
    tell({ on: 'start', cursor: kept.cursor });
  }

  // ------------------------------------------------------------ a quarter of an hour of it
  const every = (interval: number, until: number, run: () => void): void => {
    later(interval * (0.5 + roll()), () => {
      if (now >= until) return;
      run();
      every(interval, until, run);
    });
  };
  const TROUBLED = 900_000;
  const END = TROUBLED + 300_000;
  every(1_500, TROUBLED, commit);
  every(60_000, TROUBLED, () => cut([1006, 1012, 4200, 4201, 4102][Math.floor(roll() * 5)] ?? 1006));
  every(200_000, TROUBLED, crash);
  every(20_000, END, () => connection?.live && deliver(connection, { type: 'ping', head: head() }));
  every(250_000, TROUBLED, () => {
    floor = Math.max(floor, head() - 5);
    log = log.filter((entry) => entry.seq > floor);
  });
  if (chance(0.5)) {
    later(400_000, () => {
      // Restored from a backup: the last entries are gone, and their numbers are given again.
      const lost = Math.min(5, head() - floor);
      log = log.slice(0, log.length - lost).map((entry) => ({ ...entry, epoch: 'e2' }));
      epoch = 'e2';
      cut(1012);
    });
  }
  tell({ on: 'start', cursor: null });
  run(TROUBLED);
  trouble = 0;
  run(END);

  function run(until: number): void {
    for (;;) {
      queue.sort((a, b) => a.at - b.at);
      const next = queue[0];
      if (!next || next.at > until) break;
      queue = queue.slice(1);
      now = next.at;
      next.run();
    }
    now = until;
  }

  // ------------------------------------------------------------ the books
  const here = `${epoch}.${head()}`;
  if (!kept.cursor || formatCursor(kept.cursor) !== here)
    throw new Broken(
      `ended at ${JSON.stringify(kept.cursor)}, not at ${here}: ${JSON.stringify(state)} ${jobs.length} ${working} ${JSON.stringify(connection)} ${now}`,
    );
  if (statusOf(state) !== 'live') throw new Broken(`ended ${statusOf(state)}`);
  // What was applied just before a crash is acknowledged with the next entry.
  if (kept.entries.at(-1) === here && sentAck !== head()) throw new Broken(`acknowledged ${sentAck} of ${head()}`);
  const covered = new Set(kept.entries);
  for (const entry of log) {
    const key = `${epoch}.${entry.seq}`;
    const inSnapshot = snapshots.some((cursor) => cursor.epoch === epoch && cursor.seq >= entry.seq);
    if (!covered.has(key) && !inSnapshot) throw new Broken(`${key} was lost`);
  }
  return { applied: kept.entries.length, snapshots: snapshots.length, connections };
}
