/**
 * One connection a browser: the tab that holds a Web Lock connects, the others follow it over a BroadcastChannel with the same receiver
 * and the same rules. The lock goes to another tab when its holder closes, crashes or is frozen; that tab resumes from its own place.
 *
 * Without Web Locks every tab has a connection of its own; deduplication is the receiver's, so nothing doubles.
 */

import { createClient, type Stream, type StreamSnapshot } from './client.ts';
import { memoryCursors } from './cursor-store.ts';
import { type ChannelLike, platform } from './environment.ts';
import type { StopReason } from './receiver-state.ts';
import { createRelay } from './relay.ts';
import { attempt } from './settle.ts';
import { type StreamOptions, transportOf } from './stream.ts';
import { parseTabMessage, type TabMessage } from './tab-messages.ts';
import { tab } from './transports/tab.ts';

export interface SharedStreamOptions extends StreamOptions {
  /** Of the lock and the channel; name the signed-in person in it. */
  readonly name: string;
}

export interface SharedStream extends Stream {
  /** Ends the stream of every tab and forgets the cursor. */
  signOut(): void;
}

const PING_EVERY = 25_000;
/** Links given up without a word of the leader before it is taken for frozen. */
const SILENT_LINKS = 2;

export function createSharedStream(options: SharedStreamOptions): SharedStream {
  const environment = options.environment ?? platform();
  const { locks } = environment;
  const { name } = options;
  const cursors = options.cursors ?? memoryCursors();
  const doors = transportOf(options);
  const id = environment.random().toString(36).slice(2);

  let channel: ChannelLike | null = null;
  /** Every start and stop begins another; what belongs to an older one is over. */
  let term = 0;
  let running = false;
  let leads = false;
  let silentLinks = 0;
  let leader: StreamSnapshot | null = null;
  const releases: (() => void)[] = [];

  const complain = (problem: unknown): void =>
    options.onError(problem instanceof Error ? problem : new Error(String(problem)));
  const post = (message: TabMessage): void => channel?.postMessage(message);

  const followed = tab(id, post, () => {
    silentLinks += 1;
    if (silentLinks >= SILENT_LINKS && running && !leads) compete(term, true);
  });

  const client = createClient({
    ...options,
    environment,
    transport: doors,
    cursors: {
      async load() {
        const found = await cursors.load();
        relay.at(found);
        return found;
      },
      save: (cursor) => (leads ? cursors.save(cursor) : undefined),
    },
    onEntry(entry, cursor) {
      relay.entry(entry, cursor);
      return options.onEntry(entry, cursor);
    },
    onSnapshot(cursor, reason) {
      if (reason !== 'apply_failed') relay.moved(cursor, reason);
      return options.onSnapshot(cursor, reason);
    },
    onEphemeral(frame) {
      relay.all(frame);
      options.onEphemeral?.(frame);
    },
    onStatus(own) {
      if (own.status === 'stopped') halt();
      show();
    },
  });
  const relay = createRelay(client, post);

  // ------------------------------------------------------------ who leads

  function compete(mine: number, steal: boolean): void {
    const current = (): boolean => mine === term;
    silentLinks = 0;
    const held = (): Promise<void> => {
      if (!current()) return Promise.resolve();
      lead(mine);
      return new Promise((release) => releases.push(release));
    };
    locks?.request(`${name}:leader`, steal ? { steal } : {}, held).catch(() => {
      if (!current() || !leads) return;
      // Somebody took us for dead, and was perhaps right.
      leads = false;
      relay.resign();
      client.useTransport(followed);
      compete(mine, false);
      show();
    });
  }

  function lead(mine: number): void {
    if (leads) return;
    leads = true;
    relay.lead();
    client.useTransport(doors);
    const beat = (): void => {
      if (mine !== term || !leads) return;
      relay.ping();
      environment.after(PING_EVERY, beat);
    };
    beat();
    show();
  }

  // ------------------------------------------------------------ what tabs say

  function hear(message: TabMessage | null) {
    if (!message) return;
    if (message.kind === 'stop') return leave(message.reason, message.forget);
    if (message.kind === 'ask' && leads) {
      if (message.frame.type === 'hello') {
        announce();
        // Granted when that tab is gone.
        locks?.request(`${name}:${message.from}`, {}, async () => relay.forget(message.from)).catch(() => {});
      }
      return relay.ask(message.from, message.link, message.frame);
    }
    if (message.kind === 'wake' && leads) return client.wake();
    if (leads) return;
    if (message.kind === 'status') leader = message.snapshot;
    if (message.kind === 'status' || message.kind === 'tell') silentLinks = 0;
    followed.receive(message);
    show();
  }

  const announce = (): void => post({ kind: 'status', snapshot: client.getSnapshot() });

  // ------------------------------------------------------------ what the user sees

  const listeners = new Set<() => void>();
  let shown: StreamSnapshot = { ...client.getSnapshot(), leads: false };

  function compose(): StreamSnapshot {
    const own = client.getSnapshot();
    if (leads || own.status === 'stopped') return { ...own, leads };
    if (!leader || leader.status === 'stopped') return { ...own, leads };
    return own.status === 'live' ? { ...leader, leads } : { ...own, transport: leader.transport, leads };
  }

  function show(): void {
    const next = compose();
    if (leads) announce();
    if (JSON.stringify(next) === JSON.stringify(shown)) return;
    shown = next;
    for (const listener of listeners) listener();
    options.onStatus?.(shown);
  }

  // ------------------------------------------------------------ the interface

  function start(cursor?: string) {
    if (running) return;
    running = true;
    const mine = ++term;
    channel = environment.channel?.(name) ?? null;
    if (channel) channel.onmessage = ({ data }) => hear(parseTabMessage(data));
    releases.push(environment.onWake((wake) => wake === 'visible' && !leads && post({ kind: 'wake' })));
    if (cursor !== undefined) relay.at(cursor);
    if (!locks || !channel) {
      leads = true;
      client.useTransport(doors);
      return client.start(cursor);
    }
    client.useTransport(followed);
    // The tab's own lock first: by it the leader sees that we are gone.
    const alive = locks.request(`${name}:${id}`, {}, () => {
      if (mine !== term) return Promise.resolve();
      client.start(cursor);
      compete(mine, false);
      return new Promise((release) => releases.push(release));
    });
    alive.catch(complain);
  }

  /** The stream has stopped, here or everywhere. */
  function halt(): void {
    if (!running) return;
    running = false;
    term += 1;
    const { stopReason } = client.getSnapshot();
    if (leads && stopReason && stopReason !== 'by_app') post({ kind: 'stop', reason: stopReason, forget: false });
    leads = false;
    leader = null;
    relay.resign();
    for (const release of releases.splice(0)) release();
    channel?.close();
    channel = null;
  }

  function leave(reason: StopReason, forget: boolean): void {
    client.end(reason);
    halt();
    if (!forget) return;
    relay.at(null);
    attempt(() => cursors.save(null)).catch(complain);
  }

  return {
    start,
    stop() {
      client.stop();
      halt();
    },
    signOut() {
      post({ kind: 'stop', reason: 'signed_out', forget: true });
      leave('signed_out', true);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getSnapshot: () => shown,
    watch: client.watch,
    unwatch: client.unwatch,
    typing: client.typing,
    setToken: client.setToken,
    wake() {
      client.wake();
      if (!leads) post({ kind: 'wake' });
    },
  };
}
