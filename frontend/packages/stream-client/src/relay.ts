/**
 * The leader's side of sharing: a small server that speaks `numeneon.v1` to the other tabs, whose receivers then need no rule of their own.
 *
 * Every tab keeps the latest entries, not only the leader, so that a tab that has just become leader can serve the others from where they are.
 */

import type { Stream } from './client.ts';
import { type ClientFrame, type Cursor, type Entry, formatCursor, parseCursor } from './protocol.ts';
import type { TabMessage } from './tab-messages.ts';

/** Seconds between pings, allowing for hidden tabs, whose timers run once a minute. */
const TAB_HEARTBEAT = 65;
const KEPT = 200;

interface Hello {
  readonly link: string;
  readonly resume: Cursor | null;
}

export interface Relay {
  /** An entry or a reset has come to this tab's application. */
  entry(entry: Entry, cursor: string): void;
  moved(cursor: string, reason: string): void;
  /** Where this tab starts from, if nothing has come yet. */
  at(cursor: string | null): void;
  ask(from: string, link: string, frame: ClientFrame): void;
  all(frame: unknown): void;
  ping(): void;
  lead(): void;
  /** A tab has gone. */
  forget(from: string): void;
  /** Leads no longer. */
  resign(): void;
}

export function createRelay(
  stream: Pick<Stream, 'watch' | 'unwatch' | 'typing' | 'setToken'>,
  post: (message: TabMessage) => void,
): Relay {
  let leading = false;
  let place: Cursor | null = null;
  let recent: Entry[] = [];
  let waiting: Hello[] = [];
  const topics = new Map<string, readonly string[]>();

  const all = (frame: unknown): void => {
    if (leading) post({ kind: 'tell', link: null, frame });
  };

  function move(to: Cursor | null, entries: Entry[]): void {
    place = to;
    recent = entries.slice(-KEPT);
  }

  /** Also asked for by sync, which wants no welcome. */
  function answer({ link, resume }: Hello, greet: boolean): void {
    const here = place;
    // Nobody knows yet where we are; or this tab has heard more than the new leader, who will soon have it too.
    if (!here || (resume?.epoch === here.epoch && resume.seq > here.seq)) {
      waiting.push({ link, resume });
      return;
    }
    const tell = (frame: unknown): void => post({ kind: 'tell', link, frame });
    const cursor = formatCursor(here);
    const known = resume?.epoch === here.epoch && resume.seq >= here.seq - recent.length;
    if (greet) {
      const limits = { ack_interval: 86_400 };
      tell({
        type: 'welcome',
        cursor: known ? formatCursor(resume) : cursor,
        resumed: known,
        heartbeat: TAB_HEARTBEAT,
        limits,
      });
    }
    if (known) {
      for (const entry of recent) if (entry.seq > resume.seq) tell(entry);
      tell({ type: 'caught_up', cursor });
    } else if (resume) tell({ type: 'reset', cursor, reason: resume.epoch === here.epoch ? 'trimmed' : 'epoch' });
  }

  function serveWaiting(): void {
    const hellos = waiting;
    waiting = [];
    for (const hello of hellos) answer(hello, true);
  }

  function forget(from: string): void {
    stream.unwatch(topics.get(from) ?? []);
    topics.delete(from);
  }

  return {
    entry(entry, cursor) {
      const to = parseCursor(cursor);
      if (!to || (place?.epoch === to.epoch && to.seq <= place.seq)) return;
      move(to, place?.epoch === to.epoch && to.seq === place.seq + 1 ? [...recent, entry] : [entry]);
      all(entry);
      serveWaiting();
    },
    moved(cursor, reason) {
      const positioned = place !== null;
      move(parseCursor(cursor), []);
      if (positioned) all({ type: 'reset', cursor, reason });
      serveWaiting();
    },
    at(cursor) {
      const to = parseCursor(cursor);
      // A start may bring a cursor older than what this tab has seen since.
      if (!to || place?.epoch !== to.epoch || place.seq < to.seq) move(to, []);
    },
    ask(from, link, frame) {
      if (!leading) return;
      switch (frame.type) {
        case 'hello':
          forget(from);
          waiting = waiting.filter((hello) => hello.link !== link);
          return answer({ link, resume: parseCursor(frame.resume) }, true);
        case 'sync':
          return answer({ link, resume: parseCursor(frame.after) }, false);
        case 'watch':
          stream.watch(frame.topics);
          topics.set(from, [...(topics.get(from) ?? []), ...frame.topics]);
          return;
        case 'unwatch': {
          const held = topics.get(from) ?? [];
          stream.unwatch(frame.topics.filter((topic) => held.includes(topic)));
          topics.set(
            from,
            held.filter((topic) => !frame.topics.includes(topic)),
          );
          return;
        }
        case 'typing':
          return stream.typing(frame.to);
        case 'refresh':
          return stream.setToken(frame.token);
        case 'ack':
        case 'pong':
      }
    },
    all,
    ping: () => place && all({ type: 'ping', head: place.seq }),
    lead() {
      leading = true;
      post({ kind: 'lead' });
    },
    forget,
    resign() {
      leading = false;
      waiting = [];
      for (const from of [...topics.keys()]) forget(from);
    },
  };
}
