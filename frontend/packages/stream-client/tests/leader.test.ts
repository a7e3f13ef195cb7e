import { describe, expect, test } from 'vitest';
import { memoryCursors } from '../src/cursor-store.ts';
import { createSharedStream, type SharedStream, type SharedStreamOptions } from '../src/leader.ts';
import { type Browser, Tab, world } from './world.ts';

interface Opened {
  readonly tab: Tab;
  readonly stream: SharedStream;
  readonly applied: number[];
  readonly snapshots: string[];
  readonly ephemeral: unknown[];
}

const cursors = memoryCursors();

function open(
  browser: Browser,
  cursor?: string,
  options: Partial<SharedStreamOptions> = {},
  without: readonly ('locks' | 'channel')[] = [],
): Opened {
  const tab = new Tab(browser);
  const applied: number[] = [];
  const snapshots: string[] = [];
  const ephemeral: unknown[] = [];
  const stream = createSharedStream({
    name: 'numeneon:7',
    environment: tab.environment(without),
    cursors: memoryCursors(),
    onEntry: ({ seq }) => applied.push(seq),
    onSnapshot: (at, reason) => snapshots.push(`${reason}@${at}`),
    onEphemeral: (frame) => ephemeral.push(frame),
    onError: (error) => {
      throw error;
    },
    ...options,
  });
  stream.start(cursor);
  return { tab, stream, applied, snapshots, ephemeral };
}

const upTo = (last: number, first = 1): number[] => Array.from({ length: last - first + 1 }, (_, at) => first + at);

async function three(seed = 1) {
  const all = world(seed);
  const tabs: Opened[] = [];
  for (let each = 0; each < 3; each++) {
    tabs.push(open(all.browser, 'k.0'));
    await all.clock.wait(50);
  }
  const [a, b, c] = tabs;
  if (!a || !b || !c) throw new Error('three tabs');
  return { ...all, a, b, c, tabs };
}

describe('one connection a browser', () => {
  test('every tab has every entry once, over one socket', async () => {
    const { server, clock, tabs } = await three();
    for (let round = 0; round < 10; round++) {
      server.commit(3);
      await clock.wait(100);
    }
    expect(server.sockets.size).toBe(1);
    for (const { applied } of tabs) expect(applied).toEqual(upTo(30));
    expect(tabs.map(({ stream }) => stream.getSnapshot().leads)).toEqual([true, false, false]);
    expect(tabs.map(({ stream }) => stream.getSnapshot().transport)).toEqual(['websocket', 'websocket', 'websocket']);
    expect(tabs.map(({ stream }) => stream.getSnapshot().status)).toEqual(['live', 'live', 'live']);
  });

  test('a tab that joins late starts from its own state: fresh, or from its Stream-Cursor', async () => {
    const { server, clock, browser } = await three();
    server.commit(10);
    await clock.wait(100);
    const fresh = open(browser);
    const resumed = open(browser, 'k.7');
    await clock.wait(100);
    server.commit();
    await clock.wait(100);
    expect(fresh.snapshots).toEqual(['fresh@k.10']);
    expect(fresh.applied).toEqual([11]);
    expect(resumed.snapshots).toEqual([]);
    expect(resumed.applied).toEqual([8, 9, 10, 11]);
    expect(server.sockets.size).toBe(1);
  });

  test('a tab that was away too long for the leader to help takes a snapshot', async () => {
    const { server, clock, browser } = await three();
    server.commit(500);
    await clock.wait(100);
    const late = open(browser, 'k.1');
    await clock.wait(100);
    server.commit();
    await clock.wait(100);
    expect(late.snapshots).toEqual(['trimmed@k.500']);
    expect(late.applied).toEqual([501]);
  });

  test('the leader closes: another takes over where it stands, and nobody misses or repeats anything', async () => {
    const { server, clock, a, b, c } = await three();
    server.commit(3);
    await clock.wait(100);
    a.tab.close();
    server.commit(3);
    await clock.wait(2_000);
    server.commit(3);
    await clock.wait(2_000);
    for (const { applied, snapshots } of [b, c]) {
      expect(applied).toEqual(upTo(9));
      expect(snapshots).toEqual([]);
    }
    expect([b, c].filter(({ stream }) => stream.getSnapshot().leads)).toHaveLength(1);
    expect(server.sockets.size).toBe(1);
    expect(server.heard.filter(({ type }) => type === 'hello').map(({ resume }) => resume)).toEqual(['k.0', 'k.3']);
    b.tab.close();
    server.commit();
    await clock.wait(2_000);
    expect(c.applied).toEqual(upTo(10));
    expect(c.stream.getSnapshot()).toMatchObject({ leads: true, status: 'live' });
  });

  test.each(upTo(12))('tabs open and close all the time (seed %i)', async (seed) => {
    const { server, clock, browser, tabs } = await three(seed);
    const open_ = [...tabs];
    const all = [...tabs];
    for (let round = 0; round < 60; round++) {
      server.commit();
      if (round % 3 === 0) open_.splice(round % open_.length, 1)[0]?.tab.close();
      if (round % 3 === 1) {
        const tab = open(browser, server.here);
        all.push(tab);
        open_.push(tab);
      }
      if (round % 7 === 0) server.cut(1006);
      await clock.wait(round % 5 === 0 ? 3_000 : 10);
    }
    await clock.wait(60_000);
    for (const { applied, snapshots } of open_) {
      expect(snapshots).toEqual([]);
      expect(applied).toEqual(upTo(60, applied[0]));
    }
    for (const { applied } of all) expect(new Set(applied).size).toBe(applied.length);
    expect(server.sockets.size).toBe(1);
  });

  test('unmounted in one tab: the others go on', async () => {
    const { server, clock, a, b, c } = await three();
    a.stream.stop();
    await clock.wait(2_000);
    server.commit();
    await clock.wait(100);
    expect(a.applied).toEqual([]);
    expect([b.applied, c.applied]).toEqual([[1], [1]]);
    a.stream.start();
    await clock.wait(2_000);
    expect(a.applied).toEqual([1]);
    expect(a.stream.getSnapshot()).toMatchObject({ leads: false, status: 'live' });
    expect(server.sockets.size).toBe(1);
  });

  test('started, stopped and started again at once, as React does', async () => {
    const { server, clock, browser } = world();
    const { stream } = open(browser, 'k.0');
    stream.stop();
    stream.start('k.0');
    stream.stop();
    stream.start('k.0');
    await clock.wait(1_000);
    expect(server.sockets.size).toBe(1);
    expect(stream.getSnapshot()).toMatchObject({ leads: true, status: 'live' });
  });

  test.each(upTo(12))('a frozen leader is replaced (seed %i)', async (seed) => {
    const { server, clock, a, b, c } = await three(seed);
    server.commit();
    await clock.wait(100);
    a.tab.frozen = true;
    for (let minute = 0; minute < 5; minute++) {
      server.commit();
      await clock.wait(60_000);
    }
    for (const { applied } of [b, c]) expect(applied).toEqual(upTo(6));
    expect([b, c].filter(({ stream }) => stream.getSnapshot().leads)).toHaveLength(1);
    a.tab.frozen = false;
    a.tab.wake('visible');
    await clock.wait(120_000);
    server.commit();
    await clock.wait(1_000);
    expect(a.applied).toEqual(upTo(7));
    expect(a.stream.getSnapshot()).toMatchObject({ leads: false, status: 'live' });
  });

  test('a reset reaches every tab', async () => {
    const { server, clock, tabs } = await three();
    server.commit(3);
    await clock.wait(100);
    server.epoch = 'm';
    server.log = [];
    server.commit(2);
    server.cut(1012);
    await clock.wait(2_000);
    server.commit();
    await clock.wait(100);
    for (const { applied, snapshots } of tabs) {
      expect(snapshots).toEqual(['trimmed@m.2']);
      expect(applied.at(-1)).toBe(3);
    }
  });

  test('every tab shows what the leader goes through', async () => {
    const { server, clock, tabs } = await three();
    server.shut.add('websocket').add('sse').add('long_poll').add('poll');
    server.cut(1006);
    await clock.wait(20_000);
    expect(tabs.map(({ stream }) => stream.getSnapshot().status)).toEqual([
      'reconnecting',
      'reconnecting',
      'reconnecting',
    ]);
    server.shut.clear();
    for (const { tab } of tabs) tab.wake('visible');
    await clock.wait(2_000);
    expect(tabs.map(({ stream }) => stream.getSnapshot().status)).toEqual(['live', 'live', 'live']);
  });

  test('ephemeral things and topics pass through the leader, and end with their tab', async () => {
    const { server, clock, a, b, c } = await three();
    b.stream.watch(['post:12']);
    c.stream.watch(['post:12', 'post:13']);
    c.stream.typing(3);
    await clock.wait(100);
    expect(server.heard).toContainEqual({ type: 'watch', topics: ['post:12'] });
    expect(server.heard).toContainEqual({ type: 'watch', topics: ['post:13'] });
    expect(server.heard).toContainEqual({ type: 'typing', to: 3 });
    for (const socket of server.sockets) socket.say({ type: 'typing', from_user: 3 });
    await clock.wait(100);
    for (const { ephemeral } of [a, b, c]) expect(ephemeral).toEqual([{ type: 'typing', from_user: 3 }]);
    c.tab.close();
    await clock.wait(100);
    expect(server.heard.at(-1)).toEqual({ type: 'unwatch', topics: ['post:13'] });
  });
});

describe('the end', () => {
  test('signing out in one tab ends all, and the cursor is forgotten', async () => {
    const all = world();
    const first = open(all.browser, 'k.0', { cursors });
    const second = open(all.browser, 'k.0', { cursors });
    await all.clock.wait(100);
    all.server.commit();
    await all.clock.wait(100);
    expect(cursors.load()).toBe('k.1');
    second.stream.signOut();
    await all.clock.wait(10);
    all.server.commit();
    await all.clock.wait(60_000);
    for (const { stream, applied } of [first, second]) {
      expect(stream.getSnapshot()).toMatchObject({ status: 'stopped', stopReason: 'signed_out' });
      expect(applied).toEqual([1]);
    }
    expect(cursors.load()).toBe(null);
    expect(all.server.sockets.size).toBe(0);
  });

  test('a login that ends on the server ends every tab, for the same reason', async () => {
    const { server, clock, tabs } = await three();
    server.cut(4004);
    await clock.wait(60_000);
    for (const { stream } of tabs)
      expect(stream.getSnapshot()).toMatchObject({ status: 'stopped', stopReason: 'signed_out' });
    expect(server.sockets.size).toBe(0);
  });
});

describe('without the means', () => {
  test.each([[['locks']], [['channel']], [['locks', 'channel']]] as const)(
    'without %s every tab has its own connection and nothing doubles',
    async (without) => {
      const all = world();
      const tabs = [open(all.browser, 'k.0', {}, without), open(all.browser, 'k.0', {}, without)];
      await all.clock.wait(100);
      all.server.commit(3);
      await all.clock.wait(100);
      expect(all.server.sockets.size).toBe(2);
      for (const { applied, stream } of tabs) {
        expect(applied).toEqual([1, 2, 3]);
        expect(stream.getSnapshot()).toMatchObject({ leads: true, status: 'live' });
      }
    },
  );
});
