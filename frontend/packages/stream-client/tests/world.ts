/**
 * A small world for the whole client: one server with all its doors, browsers with tabs, locks, channels and timers. Its clock stands
 * still but for `wait`.
 */

import type { Answer, Asking, ChannelLike, Environment, SocketLike, Wake } from '../src/environment.ts';
import type { Entry } from '../src/protocol.ts';
import { dice } from './lossy-world.ts';

/** Lets promises, sockets and channels come to rest. */
async function flush(): Promise<void> {
  for (let round = 0; round < 12; round++) await new Promise((resolve) => setImmediate(resolve));
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

export class Clock {
  now = 1_000_000;
  private timers = new Set<Timer>();

  after(delay: number, run: () => void): () => void {
    const timer = { at: this.now + delay, run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  async wait(ms: number): Promise<void> {
    const until = this.now + ms;
    await flush();
    for (;;) {
      const due = [...this.timers].sort((a, b) => a.at - b.at)[0];
      if (!due || due.at > until) break;
      this.timers.delete(due);
      this.now = Math.max(this.now, due.at);
      due.run();
      await flush();
    }
    this.now = until;
    await flush();
  }
}

type Say = (frame: object) => void;

/** A hub without loss: sockets, Server-Sent Events, polls. Doors can be shut. */
export class Server {
  epoch = 'k';
  floor = 0;
  log: Entry[] = [];
  shut = new Set<'websocket' | 'sse' | 'long_poll' | 'poll'>();
  heard: { readonly type: string; readonly [member: string]: unknown }[] = [];
  handshakes: string[] = [];
  sockets = new Set<FakeSocket>();
  private followers = new Set<Say>();
  readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get head(): number {
    return this.log.at(-1)?.seq ?? this.floor;
  }

  get here(): string {
    return `${this.epoch}.${this.head}`;
  }

  commit(count = 1): void {
    for (let each = 0; each < count; each++) {
      const entry = { seq: this.head + 1, at: '2026-11-23T06:20:01Z', type: 'friend_accepted' };
      this.log.push(entry);
      for (const say of [...this.followers]) say(entry);
    }
  }

  follow(say: Say): () => void {
    this.followers.add(say);
    return () => this.followers.delete(say);
  }

  after(cursor: string): Entry[] | null {
    const [epoch, seq] = cursor.split('.');
    const from = Number(seq);
    return epoch === this.epoch && from >= this.floor && from <= this.head
      ? this.log.filter((entry) => entry.seq > from)
      : null;
  }

  /** Says what a socket hears after hello (greet) or sync. */
  answer(say: Say, resume: unknown, greet: boolean) {
    const entries = typeof resume === 'string' ? this.after(resume) : [];
    if (greet) {
      const cursor = typeof resume === 'string' && entries ? resume : this.here;
      const limits = { ack_interval: 5 };
      say({ type: 'welcome', cursor, head: this.head, resumed: cursor === resume, heartbeat: 25, limits });
    }
    if (entries === null) return say({ type: 'reset', cursor: this.here, reason: 'trimmed' });
    for (const entry of entries) say(entry);
    if (typeof resume === 'string') say({ type: 'caught_up', cursor: this.here });
  }

  /** Ends every socket. */
  cut(code: number): void {
    for (const socket of [...this.sockets]) socket.end(code);
  }

  async fetch(url: string, asking: Asking): Promise<Answer> {
    const { searchParams } = new URL(url);
    const accept = asking.headers.Accept;
    const door = accept === 'text/event-stream' ? 'sse' : searchParams.has('wait') ? 'long_poll' : 'poll';
    this.handshakes.push(`${door} ${asking.headers.Authorization ?? 'cookie'}`);
    if (this.shut.has(door)) throw new TypeError('fetch failed');
    const after = searchParams.get('after');
    if (door === 'sse') return this.events(after ?? '');
    if (door === 'long_poll' && after === this.here)
      await this.news(Number(searchParams.get('wait')) * 1000, asking.signal);
    const entries = after === null ? [] : this.after(after);
    const reset = entries === null ? { reset: 'trimmed' } : {};
    return answer(200, { cursor: this.here, head: this.head, more: false, entries: entries ?? [], ...reset });
  }

  private news(wait: number, signal: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const unfollow = this.follow(() => done());
      const cancel = this.clock.after(wait, () => done());
      const done = (): void => {
        unfollow();
        cancel();
        resolve();
      };
      if (signal instanceof AbortSignal) {
        signal.addEventListener('abort', () => {
          unfollow();
          cancel();
          reject(new Error('aborted'));
        });
      }
    });
  }

  private events(after: string): Answer {
    const chunks: string[] = [];
    let wanted: ((chunk: { done: boolean; value?: unknown }) => void) | null = null;
    const push = (text: string): void => {
      // Torn apart anywhere, as networks do.
      for (let at = 0; at < text.length; at += 17) chunks.push(text.slice(at, at + 17));
      drain();
    };
    const drain = (): void => {
      if (!wanted || chunks.length === 0) return;
      const give = wanted;
      wanted = null;
      give({ done: false, value: new TextEncoder().encode(chunks.shift()) });
    };
    const say = (frame: object): void => {
      const { type } = Object(frame);
      if ('seq' in frame) push(`id: ${this.epoch}.${String(frame.seq)}\ndata: ${JSON.stringify(frame)}\n\n`);
      else push(`event: ${String(type)}\r\ndata: ${JSON.stringify(frame)}\r\n\r\n`);
    };
    push(': hello\n\n');
    this.answer(say, after, false);
    this.follow(say);
    const body = {
      getReader: () => ({
        read: () =>
          new Promise<{ done: boolean; value?: unknown }>((resolve) => {
            wanted = resolve;
            drain();
          }),
      }),
    };
    return { ...answer(200, null), body, headers: { get: () => 'text/event-stream; charset=utf-8' } };
  }
}

const answer = (status: number, body: unknown): Answer => ({
  status,
  headers: { get: () => 'application/json' },
  body: null,
  json: async () => body,
});

export class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: { readonly code: number }) => void) | null = null;
  private server: Server;
  private unfollow = (): void => {};
  private closed = false;

  constructor(server: Server) {
    this.server = server;
    server.handshakes.push('websocket');
    setImmediate(() => {
      if (this.closed) return;
      if (server.shut.has('websocket')) return this.onclose?.({ code: 1006 });
      server.sockets.add(this);
      this.onopen?.();
    });
  }

  readonly say = (frame: object): void => {
    if (this.server.sockets.has(this)) this.onmessage?.({ data: JSON.stringify(frame) });
  };

  send(text: string): void {
    const frame = JSON.parse(text);
    this.server.heard.push(frame);
    if (frame.type === 'hello') {
      this.server.answer(this.say, frame.resume, true);
      this.unfollow = this.server.follow(this.say);
      const beat = (): void => {
        if (this.closed) return;
        this.say({ type: 'ping', head: this.server.head });
        this.server.clock.after(25_000, beat);
      };
      this.server.clock.after(25_000, beat);
    }
    if (frame.type === 'sync') this.server.answer(this.say, frame.after, false);
  }

  close(): void {
    this.closed = true;
    this.server.sockets.delete(this);
    this.unfollow();
  }

  end(code: number): void {
    this.close();
    this.onclose?.({ code });
  }
}

interface Held {
  readonly tab: Tab;
  readonly lost: (problem: Error) => void;
}

/** One browser: what its tabs share. */
export class Browser {
  readonly server: Server;
  readonly clock: Clock;
  readonly random: () => number;
  channels = new Set<{ readonly name: string; readonly tab: Tab; readonly channel: ChannelLike }>();
  private held = new Map<string, Held>();
  private queues = new Map<string, { readonly tab: Tab; readonly grant: () => void }[]>();

  constructor(server: Server, clock: Clock, random: () => number) {
    this.server = server;
    this.clock = clock;
    this.random = random;
  }

  request(tab: Tab, name: string, options: { readonly steal?: boolean }, run: () => Promise<void>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const grant = (): void => {
        const mine: Held = { tab, lost: reject };
        this.held.set(name, mine);
        void run().then(() => {
          resolve(undefined);
          if (this.held.get(name) === mine) this.release(name);
        });
      };
      if (options.steal) {
        this.held.get(name)?.lost(new Error('AbortError'));
        return grant();
      }
      this.queues.set(name, [...(this.queues.get(name) ?? []), { tab, grant }]);
      setImmediate(() => this.held.has(name) || this.release(name));
    });
  }

  private release(name: string): void {
    this.held.delete(name);
    const next = (this.queues.get(name) ?? []).filter(({ tab }) => tab.alive);
    this.queues.set(name, next.slice(1));
    next[0]?.grant();
  }

  /** A tab is closed or crashes: what it held is free. */
  gone(tab: Tab): void {
    for (const [name, { tab: holder }] of [...this.held]) if (holder === tab) setImmediate(() => this.release(name));
  }
}

export class Tab {
  alive = true;
  /** Nothing runs, nothing is released: what phones do to hidden tabs. */
  frozen = false;
  private browser: Browser;
  private sockets: FakeSocket[] = [];
  private wakes = new Set<(wake: Wake) => void>();

  constructor(browser: Browser) {
    this.browser = browser;
  }

  close(): void {
    this.alive = false;
    for (const socket of this.sockets) socket.close();
    this.browser.gone(this);
  }

  wake(wake: Wake): void {
    for (const listener of this.wakes) listener(wake);
  }

  /** A frozen tab's timers run when it thaws. */
  private after(delay: number, run: () => void): () => void {
    let cancel = this.browser.clock.after(delay, () => {
      if (this.frozen) cancel = this.after(1_000, run);
      else if (this.alive) run();
    });
    return () => cancel();
  }

  environment(without: readonly ('locks' | 'channel')[] = []): Environment {
    const { browser } = this;
    const { clock, server } = browser;
    const awake = (): boolean => this.alive && !this.frozen;
    const all: Environment = {
      origin: 'https://numeneon.test',
      socket: (url, protocol) => {
        if (url !== 'wss://numeneon.test/ws/' || protocol !== 'numeneon.v1') throw new Error(`${url} ${protocol}`);
        const socket = new FakeSocket(server);
        this.sockets.push(socket);
        return socket;
      },
      fetch: (url, asking) => server.fetch(url, asking),
      locks: { request: (name, options, run) => browser.request(this, name, options, run) },
      channel: (name) => {
        const channel: ChannelLike = {
          onmessage: null,
          postMessage: (value) => {
            if (!awake()) return;
            const data: unknown = structuredClone(value);
            for (const other of browser.channels) {
              if (other.name !== name || other.channel === channel) continue;
              setImmediate(() => other.tab.alive && !other.tab.frozen && other.channel.onmessage?.({ data }));
            }
          },
          close: () => browser.channels.delete(member),
        };
        const member = { name, tab: this, channel };
        browser.channels.add(member);
        return channel;
      },
      aborter: () => new AbortController(),
      decoder: () => {
        const decoder = new TextDecoder();
        return { decode: (bytes, options) => decoder.decode(bytes instanceof Uint8Array ? bytes : undefined, options) };
      },
      online: () => true,
      now: () => clock.now,
      random: browser.random,
      after: (delay, run) => this.after(delay, run),
      onWake: (listener) => {
        this.wakes.add(listener);
        return () => this.wakes.delete(listener);
      },
    };
    return Object.fromEntries(
      Object.entries(all).filter(([name]) => !without.some((each) => each === name)),
    ) as unknown as Environment;
  }
}

export function world(seed = 1): { server: Server; clock: Clock; browser: Browser } {
  const clock = new Clock();
  const server = new Server(clock);
  return { server, clock, browser: new Browser(server, clock, dice(seed)) };
}
