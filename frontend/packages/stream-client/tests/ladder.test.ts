import { describe, expect, test } from 'vitest';
import type { Environment, Wake } from '../src/environment.ts';
import type { ServerFrame } from '../src/protocol.ts';
import { ladder } from '../src/transports/ladder.ts';
import type { Link, LinkEvents, Transport } from '../src/transports/transport.ts';
import { Tab, world } from './world.ts';

const NAMES = ['websocket', 'sse', 'long_poll', 'poll'] as const;
const WELCOME: ServerFrame = { kind: 'welcome', cursor: { epoch: 'k', seq: 5 }, resumed: true, heartbeat: 25 };

interface Tried {
  readonly rung: number;
  readonly events: LinkEvents;
  readonly sent: unknown[];
  closed: boolean;
}

function stand(rungs: number) {
  const { clock, browser } = world();
  const tried: Tried[] = [];
  const heard: string[] = [];
  let online = true;
  const wakes = new Set<(wake: Wake) => void>();
  const environment: Environment = {
    ...new Tab(browser).environment(),
    online: () => online,
    onWake: (listener) => {
      wakes.add(listener);
      return () => wakes.delete(listener);
    },
  };
  const transports = NAMES.slice(0, rungs).map(
    (name, rung): Transport => ({
      open(_environment, _base, events) {
        const attempt: Tried = { rung, events, sent: [], closed: false };
        tried.push(attempt);
        return {
          name,
          send: (frame) => attempt.sent.push(frame),
          close: () => {
            attempt.closed = true;
          },
        };
      },
    }),
  );
  const transport = ladder(transports);
  let link: Link | null = null;

  function last(): Tried {
    const found = tried.at(-1);
    if (!found) throw new Error('nothing was tried');
    return found;
  }
  function connect(): Tried {
    link = transport.open(environment, 'https://numeneon.test', {
      opened: () => heard.push('opened'),
      frame: ({ kind }) => heard.push(kind),
      closed: (code) => heard.push(`closed ${code}`),
      place: () => 'k.7',
    });
    return last();
  }
  function fail(times: number, code = 1006): void {
    for (let time = 0; time < times; time++) connect().events.closed(code);
  }
  function welcomed(): Tried {
    const attempt = connect();
    attempt.events.frame(WELCOME);
    return attempt;
  }
  return {
    clock,
    connect,
    fail,
    welcomed,
    last,
    tried,
    heard,
    wakes,
    rungs: () => tried.map(({ rung }) => rung),
    current: () => link,
    offline: () => {
      online = false;
    },
  };
}

describe('down', () => {
  test('a rung that never welcomes is left after three failures, the last is followed by the first', () => {
    const { fail, rungs } = stand(4);
    fail(13);
    expect(rungs()).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0]);
  });

  test('a rung that has worked is given the time of a restart', async () => {
    const { clock, welcomed, fail, rungs, connect } = stand(2);
    const first = welcomed();
    await clock.wait(60_000);
    first.events.closed(1012);
    fail(7);
    expect(rungs().every((rung) => rung === 0)).toBe(true);
    fail(1);
    expect(connect().rung).toBe(1);
  });

  test('a rung that lets every handshake pass and kills what follows is left, and tried ever more rarely', async () => {
    const { clock, welcomed, connect, current, last } = stand(2);
    async function flap(): Promise<number> {
      for (let times = 0; ; times++) {
        const attempt = welcomed();
        if (attempt.rung !== 0) return times;
        await clock.wait(5_000);
        attempt.events.closed(1006);
      }
    }
    async function climbs(): Promise<number> {
      for (let waited = 0; ; waited += 1_000) {
        if (last().rung === 0) return waited;
        await clock.wait(1_000);
      }
    }
    expect(await flap()).toBe(8);
    expect(await climbs()).toBe(30_000);
    last().events.frame(WELCOME);
    last().events.closed(1006);
    expect(await flap()).toBe(7);
    expect(await climbs()).toBe(60_000);
    current()?.close();
    expect(connect().rung).toBe(1);
  });

  test('codes of the server itself are not blamed on the rung, nor is being offline', () => {
    const answered = stand(2);
    answered.fail(12, 4100);
    expect(answered.rungs().every((rung) => rung === 0)).toBe(true);
    const unplugged = stand(2);
    unplugged.offline();
    unplugged.fail(12);
    expect(unplugged.rungs().every((rung) => rung === 0)).toBe(true);
  });

  test('connections given up at once, as by a component that unmounts, are not blamed; those given up in vain are', async () => {
    const { clock, connect, current } = stand(2);
    for (let times = 0; times < 12; times++) {
      expect(connect().rung).toBe(0);
      current()?.close();
    }
    for (let times = 0; times < 3; times++) {
      expect(connect().rung).toBe(0);
      await clock.wait(10_000);
      current()?.close();
    }
    expect(connect().rung).toBe(1);
  });
});

describe('up', () => {
  test('by itself, make before break, with the place and the token of now', async () => {
    const { clock, fail, welcomed, last, heard, current } = stand(2);
    fail(3);
    const low = welcomed();
    current()?.send({ type: 'hello', token: 'old', resume: 'k.5' });
    current()?.send({ type: 'refresh', token: 'new' });
    expect(current()?.name).toBe('sse');
    await clock.wait(15_000);
    const probe = last();
    expect(probe.rung).toBe(0);
    probe.events.opened();
    expect(probe.sent).toEqual([{ type: 'hello', token: 'new', resume: 'k.7' }]);
    expect(low.closed).toBe(false);
    heard.length = 0;
    low.events.frame({ kind: 'ping', head: 5 });
    probe.events.frame(WELCOME);
    expect(low.closed).toBe(true);
    probe.events.frame({ kind: 'caught_up', cursor: { epoch: 'k', seq: 7 } });
    expect(heard).toEqual(['ping', 'welcome', 'caught_up']);
    expect(current()?.name).toBe('websocket');
    current()?.send({ type: 'pong' });
    expect(probe.sent.at(-1)).toEqual({ type: 'pong' });
  });

  test('a probe that fails or hangs costs nothing, and the next waits twice as long', async () => {
    const { clock, fail, welcomed, last, heard, tried } = stand(2);
    fail(3);
    const low = welcomed();
    heard.length = 0;
    const probes: number[] = [];
    for (let second = 1; second <= 300; second++) {
      const before = tried.length;
      await clock.wait(1_000);
      if (tried.length === before) continue;
      probes.push(second);
      if (probes.length === 1) last().events.closed(4001);
      if (probes.length === 2) last().events.closed(1006);
    }
    // The third is never answered, and given up after twenty seconds.
    expect(probes).toEqual([15, 45, 105, 245]);
    expect(heard).toEqual([]);
    expect(low.closed).toBe(false);
  });

  test('better rungs take turns', async () => {
    const { clock, fail, welcomed, last, tried } = stand(4);
    fail(9);
    welcomed();
    const probed: number[] = [];
    for (let minute = 0; minute < 30; minute++) {
      const before = tried.length;
      await clock.wait(60_000);
      for (const attempt of tried.slice(before)) {
        probed.push(attempt.rung);
        if (!attempt.closed) last().events.closed(1006);
      }
    }
    expect(probed.slice(0, 6)).toEqual([0, 1, 2, 0, 1, 2]);
  });

  test('the network or the reader is back: a probe at once', async () => {
    const { clock, fail, welcomed, last, wakes } = stand(2);
    fail(3);
    welcomed();
    for (const wake of wakes) wake('visible');
    await clock.wait(0);
    expect(last().rung).toBe(0);
  });

  test('a reader who looks again and again tries the rungs between too; another network, the best first', async () => {
    const { clock, fail, welcomed, last, wakes } = stand(4);
    fail(9);
    welcomed();
    async function probedOn(wake: Wake): Promise<number> {
      for (const listener of wakes) listener(wake);
      await clock.wait(0);
      last().events.closed(1006);
      return last().rung;
    }
    const probed: number[] = [];
    for (const wake of ['visible', 'visible', 'visible', 'visible', 'visible', 'online'] as const) {
      probed.push(await probedOn(wake));
    }
    expect(probed).toEqual([0, 1, 2, 0, 1, 0]);
  });

  test('the connection in use ends while a probe is under way: both are gone, and nothing listens any more', async () => {
    const { clock, fail, welcomed, last, heard, wakes } = stand(2);
    fail(3);
    const low = welcomed();
    await clock.wait(15_000);
    low.events.closed(1006);
    expect(last().closed).toBe(true);
    expect(heard.at(-1)).toBe('closed 1006');
    expect(wakes.size).toBe(0);
  });
});
