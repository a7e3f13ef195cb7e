/**
 * The I/O shell around the receiver: it opens links, keeps one timer, and calls the application, one thing after the other.
 *
 * Order is the promise: handler, its promise, cursor store, and only then the receiver learns that the entry is applied and may
 * acknowledge it. An entry the handler throws on does not end the stream: the application is asked for a snapshot in its place.
 */

import { backoff } from './backoff.ts';
import type { CursorStore } from './cursor-store.ts';
import { type Environment, platform } from './environment.ts';
import { type Entry, type Ephemeral, formatCursor, parseCursor, type StreamError } from './protocol.ts';
import { placeOf, step } from './receiver.ts';
import { type Effect, type Input, initial, type StopReason } from './receiver-state.ts';
import { attempt, settle } from './settle.ts';
import { nextTick, type Status, statusOf } from './status.ts';
import type { Link, Transport, TransportName } from './transports/transport.ts';

export interface StreamSnapshot {
  readonly status: Status;
  /** The one in use. */
  readonly transport: TransportName | null;
  /** Milliseconds since the Unix epoch at which this status began. */
  readonly since: number;
  readonly attempts: number;
  /** This tab holds the browser's connection. */
  readonly leads: boolean;
  readonly stopReason?: StopReason;
}

/** Whatever is not a promise is done at once. */
type Done = unknown;

export interface ClientOptions {
  /** Called once per entry, in order; the next waits for the promise. */
  onEntry(entry: Entry, cursor: string): Done;
  /** Reload what is shown; later entries wait for the promise, and a rejection asks again. */
  onSnapshot(cursor: string, reason: string): Done;
  onEphemeral?(frame: Ephemeral): void;
  onStatus?(snapshot: StreamSnapshot): void;
  /** Error frames of the server, and whatever the application's own functions threw. */
  onError(error: StreamError | Error): void;
  readonly base?: string;
  token?(why: 'connect' | 'expiring'): string | null | Promise<string | null>;
  readonly cursors?: CursorStore;
  readonly transport: Transport;
  readonly environment?: Environment;
}

export interface Stream {
  start(cursor?: string): void;
  stop(): void;
  subscribe(listener: () => void): () => void;
  getSnapshot(): StreamSnapshot;
  watch(topics: readonly string[]): void;
  unwatch(topics: readonly string[]): void;
  typing(userId: number): void;
  setToken(token: string): void;
  wake(): void;
}

/** What sharing between tabs needs on top. */
export interface StreamClient extends Stream {
  end(reason: StopReason): void;
  useTransport(transport: Transport): void;
}

type Job = Extract<Effect, { do: 'apply' | 'snapshot' }>;
type Event = Input extends infer Each ? (Each extends unknown ? Omit<Each, 'now' | 'random'> : never) : never;

export function createClient(options: ClientOptions): StreamClient {
  const environment = options.environment ?? platform();
  const base = (options.base ?? environment.origin).replace(/\/$/, '');
  const { cursors } = options;
  let { transport } = options;
  let state = initial;
  let heldToken: string | null = null;

  // ------------------------------------------------------------ the machine's loop

  const inputs: Event[] = [];
  let stepping = false;
  let timer: { readonly at: number; readonly cancel: () => void } | null = null;

  function tell(input: Event): void {
    inputs.push(input);
    if (stepping) return;
    stepping = true;
    for (let next = inputs.shift(); next; next = inputs.shift()) {
      const [after, effects] = step(state, { ...next, now: environment.now(), random: environment.random() });
      state = after;
      for (const effect of effects) perform(effect);
    }
    stepping = false;
    arm();
    if (state.phase.name === 'stopped') abandon();
    show();
    work();
  }

  function arm(): void {
    const at = nextTick(state);
    if (timer?.at === at) return;
    timer?.cancel();
    timer = null;
    if (at === null) return;
    const cancel = environment.after(Math.max(0, at - environment.now()), () => {
      timer = null;
      tell({ on: 'tick' });
    });
    timer = { at, cancel };
  }

  // ------------------------------------------------------------ effects

  let inUse: Link | null = null;

  function perform(effect: Effect) {
    switch (effect.do) {
      case 'open':
        return open(effect.link);
      case 'close':
        inUse?.close();
        inUse = null;
        return;
      case 'send':
        return inUse?.send(effect.frame);
      case 'apply':
      case 'snapshot':
        jobs.push(effect);
        return;
      case 'ephemeral':
        return guarded(() => options.onEphemeral?.(effect.frame));
      case 'error':
        return guarded(() => options.onError(effect.error));
      case 'token':
        if (options.token) attempt(() => options.token?.('expiring') ?? null).then(setToken, complain);
    }
  }

  function open(link: number): void {
    const closed = (code: number): void => tell({ on: 'closed', link, code });
    const hello = (token: string | null): void => tell({ on: 'opened', link, token });
    try {
      const opening = transport.open(environment, base, {
        opened() {
          attempt(() => (options.token ? options.token('connect') : heldToken)).then(hello, (problem: unknown) => {
            complain(problem);
            opening.close();
            closed(1006);
          });
        },
        frame: (frame) => tell({ on: 'frame', link, frame }),
        closed,
        place: () => placeOf(state),
      });
      inUse = opening;
    } catch (problem) {
      complain(problem);
      closed(1006);
    }
  }

  function setToken(token: string | null): void {
    heldToken = token;
    if (token !== null) tell({ on: 'token', token });
  }

  // ------------------------------------------------------------ the application, one job at a time

  let jobs: Job[] = [];
  let busy = false;
  let working = false;
  let cancelRetry: (() => void) | null = null;
  let whenIdle: (() => void) | null = null;

  function work(): void {
    if (working) return;
    working = true;
    while (!busy) {
      const job = jobs.shift();
      if (!job) break;
      busy = true;
      carryOut(job, job.do === 'snapshot', 0);
    }
    working = false;
    if (!busy) whenIdle?.();
  }

  function carryOut(job: Job, snapshot: boolean, failures: number): void {
    const cursor = formatCursor(job.cursor);
    const reason = job.do === 'snapshot' ? job.reason : 'apply_failed';
    settle(
      () => (job.do === 'apply' && !snapshot ? options.onEntry(job.entry, cursor) : options.onSnapshot(cursor, reason)),
      () => finish(job),
      (problem) => {
        complain(problem);
        const cancel = environment.after(backoff(failures, environment.random()), () =>
          carryOut(job, true, failures + 1),
        );
        cancelRetry = () => {
          cancel();
          busy = false;
        };
        if (state.phase.name === 'stopped') abandon();
      },
    );
  }

  function finish(job: Job): void {
    cancelRetry = null;
    const stored = (): void => {
      busy = false;
      tell(job.do === 'apply' ? { on: 'applied', cursor: job.cursor } : { on: 'snapshot_taken' });
    };
    settle(
      // After a sign-out there is no place, and the forgotten cursor must not come back.
      () => state.place && cursors?.save(formatCursor(job.cursor)),
      stored,
      (problem) => {
        complain(problem);
        stored();
      },
    );
  }

  /** Stopped: what was not handed over yet is the server's again. */
  function abandon(): void {
    jobs = [];
    unlisten();
    cancelRetry?.();
    cancelRetry = null;
    if (!busy) whenIdle?.();
  }

  // ------------------------------------------------------------ errors of the application's own

  const complain = (problem: unknown): void =>
    options.onError(problem instanceof Error ? problem : new Error(String(problem)));

  function guarded(call: () => unknown): void {
    settle(call, () => {}, complain);
  }

  // ------------------------------------------------------------ what the user sees

  const listeners = new Set<() => void>();
  let shown: StreamSnapshot = {
    status: 'connecting',
    transport: null,
    since: environment.now(),
    attempts: 0,
    leads: true,
  };

  function show(): void {
    const status = statusOf(state);
    const name = (state.phase.name === 'open' && inUse?.name) || null;
    if (status === shown.status && name === shown.transport && state.attempts === shown.attempts) return;
    shown = {
      status,
      transport: name,
      since: status === shown.status ? shown.since : environment.now(),
      attempts: state.attempts,
      leads: true,
      ...(state.phase.name === 'stopped' ? { stopReason: state.phase.reason } : {}),
    };
    for (const listener of listeners) listener();
    options.onStatus?.(shown);
  }

  // ------------------------------------------------------------ the interface

  let unlisten = (): void => {};
  let starts = 0;
  let starting = false;

  function start(cursor?: string) {
    const { name } = state.phase;
    if (starting || (name !== 'idle' && name !== 'stopped')) return;
    starting = true;
    const mine = ++starts;
    const begin = (found: string | null) => {
      if (mine !== starts) return;
      // A handler of before the stop that is still at work decides where we go on.
      whenIdle = busy ? () => begin(found) : null;
      if (busy) return;
      starting = false;
      unlisten = environment.onWake((wake) =>
        tell(wake === 'offline' ? { on: 'offline' } : { on: 'wake', online: wake === 'online' }),
      );
      tell({ on: 'start', cursor: parseCursor(found) });
    };
    if (cursor !== undefined || state.place) return begin(cursor ?? null);
    attempt(() => cursors?.load() ?? null).then(begin, (problem: unknown) => {
      complain(problem);
      begin(null);
    });
  }

  function end(reason: StopReason): void {
    starts++;
    starting = false;
    tell({ on: 'stop', reason });
  }

  return {
    start,
    end,
    stop: () => end('by_app'),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getSnapshot: () => shown,
    watch: (topics) => tell({ on: 'watch', topics }),
    unwatch: (topics) => tell({ on: 'unwatch', topics }),
    typing: (to) => tell({ on: 'type', to }),
    setToken,
    wake: () => tell({ on: 'wake', online: true }),
    useTransport(next) {
      transport = next;
      tell({ on: 'elsewhere' });
    },
  };
}
