import { describe, expect, test } from 'vitest';
import { memoryCursors } from '../src/cursor-store.ts';
import { createStreamClient, type StreamOptions } from '../src/stream.ts';
import { longPoll, poll } from '../src/transports/poll.ts';
import { sse } from '../src/transports/sse.ts';
import { websocket } from '../src/transports/websocket.ts';
import { Tab, world } from './world.ts';

function client(options: Partial<StreamOptions> = {}) {
  const { server, clock, browser } = world();
  const tab = new Tab(browser);
  const applied: number[] = [];
  const snapshots: string[] = [];
  const errors: string[] = [];
  const stream = createStreamClient({
    environment: tab.environment(),
    onEntry: ({ seq }) => applied.push(seq),
    onSnapshot: (cursor, reason) => snapshots.push(`${reason}@${cursor}`),
    onError: (error) => errors.push(error.message),
    ...options,
  });
  return { server, clock, tab, stream, applied, snapshots, errors };
}

describe('the application', () => {
  test('starts fresh: a snapshot first, then every entry', async () => {
    const { server, clock, stream, applied, snapshots } = client();
    server.commit(5);
    stream.start();
    await clock.wait(0);
    server.commit(2);
    await clock.wait(0);
    expect(snapshots).toEqual(['fresh@k.5']);
    expect(applied).toEqual([6, 7]);
    expect(stream.getSnapshot()).toMatchObject({ status: 'live', transport: 'websocket', leads: true });
  });

  test('starts from the Stream-Cursor its state came with', async () => {
    const { server, clock, stream, applied, snapshots } = client();
    server.commit(5);
    stream.start('k.3');
    await clock.wait(0);
    expect(applied).toEqual([4, 5]);
    expect(snapshots).toEqual([]);
  });

  test('takes one thing after the other, and the cursor is stored after the effect', async () => {
    const order: string[] = [];
    const cursors = { load: () => null, save: (cursor: string | null) => void order.push(`save ${cursor}`) };
    const { server, clock, stream } = client({
      cursors,
      onEntry: async ({ seq }) => {
        order.push(`begin ${seq}`);
        await new Promise((resolve) => clock.after(100, () => resolve(null)));
        order.push(`end ${seq}`);
      },
      onSnapshot: async (cursor) => {
        order.push(`snapshot ${cursor}`);
        await new Promise((resolve) => clock.after(100, () => resolve(null)));
      },
    });
    stream.start();
    await clock.wait(0);
    server.commit(2);
    await clock.wait(150);
    expect(server.heard.filter(({ type }) => type === 'ack')).toEqual([]);
    await clock.wait(1_000);
    expect(order).toEqual(['snapshot k.0', 'save k.0', 'begin 1', 'end 1', 'save k.1', 'begin 2', 'end 2', 'save k.2']);
    expect(server.heard.filter(({ type }) => type === 'ack')).toEqual([{ type: 'ack', seq: 1 }]);
  });

  test('a crash before the effect is complete repeats the entry', async () => {
    const cursors = memoryCursors();
    const { server, clock, tab, stream } = client({
      cursors,
      onEntry: ({ seq }) => (seq === 3 ? new Promise(() => {}) : null),
    });
    stream.start();
    await clock.wait(0);
    server.commit(4);
    await clock.wait(1_000);
    tab.close();
    expect(cursors.load()).toBe('k.2');
  });

  test('a thousand missed entries are handed over without a thousand turns', async () => {
    const { server, clock, stream, applied } = client();
    server.commit(1_000);
    stream.start('k.0');
    await clock.wait(0);
    expect(applied).toHaveLength(1_000);
  });

  test('an entry it cannot handle is replaced by a snapshot, and the stream goes on', async () => {
    const seen: string[] = [];
    const { server, clock, stream, errors } = client({
      onEntry: ({ seq }) => {
        if (seq === 2) throw new Error('cannot read this');
        seen.push(`entry ${seq}`);
      },
      onSnapshot: (cursor, reason) => seen.push(`${reason}@${cursor}`),
    });
    stream.start();
    await clock.wait(0);
    server.commit(3);
    await clock.wait(1_000);
    expect(errors).toEqual(['cannot read this']);
    expect(seen).toEqual(['fresh@k.0', 'entry 1', 'apply_failed@k.2', 'entry 3']);
  });

  test('a snapshot that fails is asked for again; entries wait for it', async () => {
    let failures = 3;
    const { server, clock, stream, applied } = client({
      onSnapshot: async () => {
        failures -= 1;
        if (failures >= 0) throw new Error('offline');
      },
    });
    stream.start();
    await clock.wait(0);
    server.commit();
    await clock.wait(0);
    expect(applied).toEqual([]);
    expect(stream.getSnapshot().status).toBe('catching_up');
    await clock.wait(10_000);
    expect(applied).toEqual([1]);
    expect(stream.getSnapshot().status).toBe('live');
  });

  test('stop and start again: nothing is applied while stopped, nothing is missed', async () => {
    const { server, clock, stream, applied } = client();
    stream.start('k.0');
    await clock.wait(0);
    server.commit();
    await clock.wait(0);
    stream.stop();
    stream.stop();
    server.commit();
    await clock.wait(60_000);
    expect(applied).toEqual([1]);
    expect(stream.getSnapshot()).toMatchObject({ status: 'stopped', stopReason: 'by_app', transport: null });
    expect(server.sockets.size).toBe(0);
    stream.start();
    stream.start();
    await clock.wait(0);
    expect(applied).toEqual([1, 2]);
    expect(server.sockets.size).toBe(1);
  });

  test('start, stop, start at once, as React does: one connection', async () => {
    const { server, clock, stream } = client();
    stream.start();
    stream.stop();
    stream.start();
    await clock.wait(1_000);
    expect(server.sockets.size).toBe(1);
    expect(stream.getSnapshot().status).toBe('live');
  });

  test('a handler at work when the stream stops is waited for by the next start', async () => {
    const seen: number[] = [];
    const { server, clock, stream } = client({
      onEntry: async ({ seq }) => {
        seen.push(seq);
        await new Promise((resolve) => clock.after(500, () => resolve(null)));
      },
    });
    stream.start('k.0');
    await clock.wait(0);
    server.commit(2);
    await clock.wait(100);
    stream.stop();
    stream.start();
    await clock.wait(5_000);
    expect(seen).toEqual([1, 2]);
  });

  test('the snapshot object is the same until something changes', async () => {
    const { server, clock, stream } = client();
    const changes: string[] = [];
    stream.subscribe(() => changes.push(stream.getSnapshot().status));
    stream.start('k.0');
    await clock.wait(0);
    const before = stream.getSnapshot();
    server.commit(3);
    await clock.wait(0);
    expect(stream.getSnapshot()).toBe(before);
    const since = clock.now;
    server.cut(1006);
    await clock.wait(5_000);
    expect(changes).toEqual(['live', 'reconnecting', 'live']);
    expect(stream.getSnapshot().since).toBeGreaterThanOrEqual(since);
  });

  test('credentials rejected: it stops, and starts again when told', async () => {
    const { server, clock, stream } = client();
    stream.start();
    await clock.wait(0);
    server.cut(4001);
    await clock.wait(60_000);
    expect(stream.getSnapshot()).toMatchObject({ status: 'stopped', stopReason: 'unauthenticated' });
    stream.start();
    await clock.wait(0);
    expect(stream.getSnapshot().status).toBe('live');
  });

  test('asks for a token with every connection and when it is about to end', async () => {
    const asked: string[] = [];
    const { server, clock, stream } = client({
      token: async (why) => {
        asked.push(why);
        return `token ${asked.length}`;
      },
    });
    stream.start('k.0');
    await clock.wait(0);
    for (const socket of server.sockets) socket.say({ type: 'expiring', in: 60 });
    await clock.wait(0);
    server.cut(4200);
    await clock.wait(1_000);
    expect(asked).toEqual(['connect', 'expiring', 'connect']);
    expect(server.heard.map(({ type, token }) => `${type} ${String(token)}`)).toEqual([
      'hello token 1',
      'refresh token 2',
      'hello token 3',
    ]);
  });

  test('a token that cannot be had is a failed connection, tried again', async () => {
    let tries = 0;
    const { clock, stream, errors } = client({
      token: async () => {
        tries += 1;
        if (tries < 3) throw new Error('no network');
        return 'token';
      },
    });
    stream.start('k.0');
    await clock.wait(5_000);
    expect(errors).toEqual(['no network', 'no network']);
    expect(stream.getSnapshot().status).toBe('live');
  });

  test('garbage from the server harms nothing', async () => {
    const { server, clock, stream, applied } = client();
    stream.start('k.0');
    await clock.wait(0);
    const [socket] = server.sockets;
    for (const data of [
      '',
      'nope',
      '[]',
      'null',
      '7',
      '{"type":"welcome"}',
      '{"type":"caught_up","cursor":5}',
      '{"seq":"1"}',
      '{"seq":1}',
      '{"seq":1e400}',
      '{"__proto__":{"seq":1}}',
      new Uint8Array(3),
    ]) {
      socket?.onmessage?.({ data });
    }
    server.commit();
    await clock.wait(0);
    expect(applied).toEqual([1]);
    expect(stream.getSnapshot().status).toBe('live');
  });

  test('wakes at once when the network returns', async () => {
    const { server, clock, tab, stream } = client({ transports: [websocket()] });
    stream.start('k.0');
    await clock.wait(0);
    server.shut.add('websocket');
    server.cut(1006);
    tab.wake('offline');
    await clock.wait(120_000);
    expect(stream.getSnapshot().status).toBe('offline');
    server.shut.clear();
    tab.wake('online');
    await clock.wait(0);
    expect(stream.getSnapshot().status).toBe('live');
  });
});

describe('the doors below the socket carry the same stream', () => {
  test.each([
    ['sse', sse()],
    ['long_poll', longPoll()],
    ['poll', poll()],
  ] as const)('%s: fresh, live, resumed, reset', async (name, transport) => {
    const { server, clock, stream, applied, snapshots } = client({
      transports: [transport],
      token: async () => 'token',
    });
    server.commit(5);
    stream.start();
    await clock.wait(100);
    expect(snapshots).toEqual(['fresh@k.5']);
    expect(stream.getSnapshot()).toMatchObject({ status: 'live', transport: name });
    expect(server.handshakes.every((each) => each.endsWith(' Bearer token'))).toBe(true);
    server.commit(3);
    await clock.wait(name === 'poll' ? 30_000 : 100);
    expect(applied).toEqual([6, 7, 8]);
    stream.stop();
    server.commit(2);
    stream.start();
    await clock.wait(100);
    expect(applied).toEqual([6, 7, 8, 9, 10]);
    stream.stop();
    server.commit(20);
    server.floor = 20;
    stream.start();
    await clock.wait(100);
    expect(snapshots).toEqual(['fresh@k.5', 'trimmed@k.30']);
    expect(stream.getSnapshot().status).toBe('live');
  });

  test('a poll asks every thirty seconds', async () => {
    const { server, clock, stream } = client({ transports: [poll()] });
    stream.start();
    await clock.wait(100);
    const before = server.handshakes.length;
    await clock.wait(300_000);
    expect(server.handshakes.length - before).toBe(10);
  });

  test('a long poll waits at the server, not in a loop, even when the server does not know how', async () => {
    const { server, clock, stream } = client({ transports: [longPoll()] });
    stream.start();
    await clock.wait(100);
    const before = server.handshakes.length;
    await clock.wait(100_000);
    expect(server.handshakes.length - before).toBe(4);
    const honest = server.fetch;
    server.fetch = (url, asking) => honest.call(server, url.replace(/[?&]wait=\d+/, ''), asking);
    const deaf = server.handshakes.length;
    await clock.wait(100_000);
    expect(server.handshakes.length - deaf).toBeLessThanOrEqual(21);
  });

  test('a 401 stops, as 4001 does', async () => {
    const { server, clock, stream } = client({ transports: [poll()] });
    const honest = server.fetch.bind(server);
    server.fetch = async (url, asking) => ({ ...(await honest(url, asking)), status: 401 });
    stream.start();
    await clock.wait(100);
    expect(stream.getSnapshot()).toMatchObject({ status: 'stopped', stopReason: 'unauthenticated' });
  });

  test.each([
    ['2', 2_000],
    ['9', 9_000],
    ['Fri, 27 Nov 2026 12:00:00 GMT', 0],
  ])('a 503 with Retry-After: %s keeps it away for %i ms and a back-off', async (header, least) => {
    const { server, clock, stream } = client({ transports: [poll()] });
    const honest = server.fetch.bind(server);
    const headers = { get: (name: string) => (name === 'Retry-After' ? header : null) };
    const asked: number[] = [];
    server.fetch = async (url, asking) => {
      asked.push(clock.now);
      return { ...(await honest(url, asking)), status: 503, headers };
    };
    stream.start();
    await clock.wait(40_000);
    const [first = 0, second = 0] = asked;
    expect(second - first).toBeGreaterThanOrEqual(least);
    expect(second - first).toBeLessThanOrEqual(1.5 * least + 500);
  });

  test('a Retry-After of a day is not believed', async () => {
    const { server, clock, stream } = client({ transports: [poll()] });
    const honest = server.fetch.bind(server);
    server.fetch = async (url, asking) => ({
      ...(await honest(url, asking)),
      status: 503,
      headers: { get: () => '86400' },
    });
    stream.start();
    await clock.wait(100);
    server.fetch = honest;
    await clock.wait(120_000);
    expect(stream.getSnapshot().status).toBe('live');
  });

  test('an answer that is not a stream, and one that never comes, are failures and not hangs', async () => {
    const { server, clock, stream } = client({ transports: [sse(), poll()] });
    const honest = server.fetch.bind(server);
    server.fetch = (url, asking) =>
      asking.headers.Accept === 'text/event-stream' ? new Promise(() => {}) : honest(url, asking);
    stream.start();
    await clock.wait(60_000);
    expect(stream.getSnapshot()).toMatchObject({ status: 'live', transport: 'poll' });
  });
});

describe('down and up again, by itself', () => {
  test.each([
    [['websocket'], 'sse'],
    [['websocket', 'sse'], 'long_poll'],
    [['websocket', 'sse', 'long_poll'], 'poll'],
  ] as const)('without %s it uses %s, and returns to the socket', async (shut, expected) => {
    const { server, clock, stream, applied } = client();
    for (const door of shut) server.shut.add(door);
    stream.start('k.0');
    let waited = 0;
    for (; stream.getSnapshot().transport !== expected || stream.getSnapshot().status !== 'live'; waited += 100) {
      if (waited > 200_000) throw new Error(`still ${JSON.stringify(stream.getSnapshot())}`);
      await clock.wait(100);
    }
    server.commit(3);
    await clock.wait(35_000);
    expect(applied).toEqual([1, 2, 3]);
    server.shut.clear();
    for (waited = 0; stream.getSnapshot().transport !== 'websocket'; waited += 1_000) {
      if (waited > 400_000) throw new Error('never climbed');
      await clock.wait(1_000);
      if (waited % 3_000 === 0) server.commit();
    }
    server.commit(2);
    await clock.wait(100);
    expect(applied).toEqual(Array.from({ length: server.head }, (_, at) => at + 1));
    expect(stream.getSnapshot().status).toBe('live');
  });
});
