/** The doors of last resort: a long poll, and the plain question every 30 seconds that this project set out to replace. */

import { ANSWER_WITHIN, httpLink, type Turn, welcomeOf } from './http.ts';
import type { Transport, TransportName } from './transport.ts';

/** Seconds. Hidden tabs run their timers once a minute. */
const HEARTBEAT = 90;
/** A server that answers a long poll at once, and with nothing, does not know `wait`. */
const TOO_SOON = 1_000;
const INSTEAD = 5_000;

export const poll = (every = 30_000): Transport => polling('poll', '', every, 0);

export const longPoll = (wait = 25): Transport => polling('long_poll', `wait=${wait}`, 0, wait * 1000);

function polling(name: TransportName, query: string, pause: number, wait: number): Transport {
  return {
    open: (environment, base, events) => {
      let welcomed = false;
      return httpLink(name, environment, base, events, async (turn) => {
        while (turn.current()) {
          const asked = environment.now();
          // The first answer must not wait for news: it is the welcome.
          const patience = turn.catchingUp ? 0 : wait;
          const page = await turn.page(patience > 0 ? query : '', ANSWER_WITHIN + patience);
          if (!welcomed) {
            const resumed = turn.after !== null && page.reset === undefined;
            turn.emit(welcomeOf(resumed && turn.after ? turn.after : page.cursor, resumed, HEARTBEAT));
            welcomed = turn.current();
          }
          deliver(turn, page);
          const deaf = patience > 0 && page.entries.length === 0 && environment.now() - asked < TOO_SOON;
          if (!page.more) await turn.rest(deaf ? INSTEAD : pause);
        }
      });
    },
  };
}

function deliver(turn: Turn, { cursor, head, more, entries, reset }: Awaited<ReturnType<Turn['page']>>): void {
  if (reset !== undefined) turn.emit({ kind: 'reset', cursor, reason: reset });
  for (const entry of entries) turn.emit({ kind: 'entry', entry });
  if (!more) turn.emit(turn.catchingUp ? { kind: 'caught_up', cursor } : { kind: 'ping', head });
  turn.after = cursor;
  turn.catchingUp = turn.catchingUp && more;
}
