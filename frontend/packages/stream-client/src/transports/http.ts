/**
 * What the doors below the socket share: `GET /api/events/` asked with credentials, a time limit, and an answer's status told as a
 * close code. They can carry neither ack nor watch nor typing; those frames are dropped, the stream itself is complete.
 */

import type { Answer, Environment } from '../environment.ts';
import {
  type ClientFrame,
  type Cursor,
  formatCursor,
  type Page,
  parseCursor,
  parsePage,
  type ServerFrame,
} from '../protocol.ts';
import type { Link, LinkEvents, TransportName } from './transport.ts';

/** Thrown by a turn to end the link with a close code. */
export class Refused extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`Refused: ${code}`);
    this.code = code;
  }
}

export interface Turn {
  /** Where to go on; null: from the head. */
  after: Cursor | null;
  /** Replay, then say caught_up; otherwise this turn follows one that did. */
  catchingUp: boolean;
  /** False as soon as a newer turn or a close has taken over. */
  current(): boolean;
  emit(frame: ServerFrame): void;
  ask(query: string, accept: string, limit: number): Promise<Answer>;
  page(query: string, limit: number): Promise<Page>;
  rest(delay: number): Promise<void>;
}

const CODES: Readonly<Record<number, number>> = { 401: 4001, 429: 4102, 503: 4100 };

/** When a server that has refused us may be asked again, by whichever of these doors. A socket's handshake tells no script why it failed. */
const notBefore = new WeakMap<Environment, number>();

/** Seconds. Whoever asks for more is mistaken, and a date, which the header may be too, is not understood. */
const LONGEST = 30;

/** Milliseconds an answer may take to begin. */
export const ANSWER_WITHIN = 10_000;

/** A link whose `run` is started by hello, and again, after the given cursor, by every sync. */
export function httpLink(
  name: TransportName,
  environment: Environment,
  base: string,
  events: LinkEvents,
  run: (turn: Turn) => Promise<void>,
): Link {
  let turns = 0;
  let token: string | undefined;
  let abort = (): void => {};

  function begin(after: Cursor | null): void {
    abort();
    const mine = ++turns;
    const cancels = new Set<() => void>();
    const current = (): boolean => mine === turns;
    abort = () => {
      turns++;
      for (const cancel of cancels) cancel();
    };
    const turn: Turn = {
      after,
      catchingUp: true,
      current,
      emit: (frame) => current() && events.frame(frame),
      async ask(query, accept, limit) {
        const aborter = environment.aborter();
        cancels.add(() => aborter.abort());
        const overdue = environment.after(limit, () => aborter.abort());
        cancels.add(overdue);
        if (!environment.fetch) throw new Error('No fetch here');
        const answer = await environment.fetch(`${base}/api/events/?${query}`, {
          headers: { Accept: accept, ...(token ? { Authorization: `Bearer ${token}` } : {}) },
          credentials: 'same-origin',
          cache: 'no-store',
          signal: aborter.signal,
        });
        overdue();
        if (answer.status !== 200) {
          const seconds = Number(answer.headers.get('Retry-After')) || 0;
          // All who were refused were told the same: half as much again spreads them.
          const stay = Math.min(seconds, LONGEST) * (1 + environment.random() / 2);
          notBefore.set(environment, environment.now() + 1000 * stay);
          throw new Refused(CODES[answer.status] ?? 1006);
        }
        return answer;
      },
      async page(query, limit) {
        const at = turn.after ? `after=${formatCursor(turn.after)}` : '';
        const answer = await turn.ask([at, query].filter(Boolean).join('&'), 'application/json', limit);
        const page = parsePage(await answer.json());
        if (!page) throw new Refused(1006);
        return page;
      },
      rest: (delay) =>
        new Promise((resume) => {
          cancels.add(environment.after(delay, resume));
        }),
    };
    run(turn).then(
      () => current() && events.closed(1006),
      (problem: unknown) => current() && events.closed(problem instanceof Refused ? problem.code : 1006),
    );
  }

  const ready = (): unknown => turns === 0 && events.opened();
  const wait = (notBefore.get(environment) ?? 0) - environment.now();
  if (wait > 0) abort = environment.after(wait, ready);
  else void Promise.resolve().then(ready);
  return {
    name,
    send(frame: ClientFrame) {
      if (frame.type === 'hello') {
        token = frame.token;
        begin(parseCursor(frame.resume));
      } else if (frame.type === 'sync') begin(parseCursor(frame.after));
      else if (frame.type === 'refresh') token = frame.token;
    },
    close() {
      turns++;
      abort();
    },
  };
}

/** The welcome these doors do not send. */
export const welcomeOf = (cursor: Cursor, resumed: boolean, heartbeat: number): ServerFrame => ({
  kind: 'welcome',
  cursor,
  resumed,
  heartbeat,
});
