import { describe, expect, test } from 'vitest';
import { cursor, Drive, entry } from './drive.ts';

const caughtUp = (seq: number) => ({ type: 'caught_up', cursor: `k.${seq}` });

describe('connections', () => {
  test('back-off is a random part of 0.5 s, doubling to 30 s', () => {
    const drive = new Drive().start('k.5');
    drive.random = 0.999_999;
    const caps = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
    for (const cap of caps) {
      drive.tell({ on: 'closed', link: drive.link, code: 1006 });
      expect(drive.pause).toBeCloseTo(cap, -1);
      drive.wait(cap);
    }
    drive.random = 0;
    drive.tell({ on: 'closed', link: drive.link, code: 1006 });
    expect(drive.pause).toBe(0);
  });

  test('the count starts anew after a stable minute, not before', () => {
    const drive = new Drive().start('k.5');
    for (let times = 0; times < 5; times++) {
      drive.tell({ on: 'closed', link: drive.link, code: 1006 });
      drive.wait(20_000);
      if (drive.state.phase.name === 'waiting') drive.wait(30_000);
    }
    drive.greet('k.5');
    const failed = drive.state.attempts;
    expect(failed).toBeGreaterThan(4);
    for (let beat = 0; beat < 2; beat++) {
      drive.wait(25_000);
      drive.frame({ type: 'ping', head: 5 });
    }
    expect(drive.state.attempts).toBe(failed);
    drive.wait(10_000);
    expect(drive.state.attempts).toBe(0);
  });

  test.each([
    [4000, 'refused'],
    [4001, 'unauthenticated'],
    [4003, 'forbidden'],
    [4004, 'signed_out'],
    [4005, 'unknown_protocol'],
    [4006, 'malformed'],
    [4009, 'replaced'],
    [4077, 'refused'],
  ])('close %i stops: %s', (code, reason) => {
    const drive = new Drive().live('k.5');
    drive.tell({ on: 'closed', link: drive.link, code });
    drive.wait(600_000);
    drive.tell({ on: 'wake', online: true });
    expect(drive.opens).toHaveLength(1);
    expect(drive.state.phase).toMatchObject({ name: 'stopped', reason });
  });

  test.each([4100, 4102, 4103, 4199, 1000, 1001, 1006, 1009, 1012, 4300, 4999])('close %i backs off', (code) => {
    const drive = new Drive().live('k.5');
    drive.tell({ on: 'closed', link: drive.link, code });
    expect(drive.pause).toBe(250);
  });

  test.each([4200, 4201, 4203, 4299])('close %i resumes within a second, without growing, but not for ever', (code) => {
    const drive = new Drive().start('k.5');
    for (const pause of [500, 500, 500, 2_000, 4_000]) {
      drive.greet('k.5');
      drive.tell({ on: 'closed', link: drive.link, code });
      expect(drive.pause).toBe(pause);
      drive.wait(pause);
    }
  });

  test('"at once" does not hammer a server that never welcomes', () => {
    const drive = new Drive().start('k.5');
    drive.random = 0.999;
    for (let times = 0; times < 6; times++) {
      drive.open();
      drive.tell({ on: 'closed', link: drive.link, code: 4200 });
      drive.wait(30_000);
    }
    drive.open();
    drive.tell({ on: 'closed', link: drive.link, code: 4200 });
    expect(drive.pause).toBeGreaterThan(20_000);
  });

  test('online and a visible tab end the wait', () => {
    for (const online of [true, false]) {
      const drive = new Drive().live('k.5');
      drive.tell({ on: 'closed', link: drive.link, code: 1012 });
      drive.tell({ on: 'wake', online });
      expect(drive.opens).toHaveLength(2);
    }
  });

  test('a connection that says nothing for heartbeat and pong time is dead', () => {
    const drive = new Drive().live('k.5');
    drive.wait(34_999);
    expect(drive.status).toBe('live');
    drive.wait(1);
    expect(drive.effects).toContainEqual({ do: 'close', link: 1 });
    expect(drive.status).toBe('reconnecting');
  });

  test('back from another network, a silent connection is asked and soon given up', () => {
    const drive = new Drive().live('k.5');
    drive.wait(20_000);
    drive.tell({ on: 'wake', online: true });
    expect(drive.sent).toEqual([{ type: 'sync', after: 'k.5' }]);
    drive.wait(10_000);
    expect(drive.status).toBe('reconnecting');
  });

  test('a flapping network does not use up the syncs', () => {
    const drive = new Drive().live('k.5');
    for (let flap = 0; flap < 60; flap++) {
      drive.wait(1_000);
      drive.tell({ on: 'offline' });
      drive.tell({ on: 'wake', online: true });
      if (drive.sent.at(-1)?.type === 'sync') drive.frame(caughtUp(5));
    }
    expect(drive.sent.filter(({ type }) => type === 'sync').length).toBeLessThanOrEqual(6);
  });

  test('a server that accepts and does not welcome is left', () => {
    const drive = new Drive().start('k.5');
    drive.open();
    drive.wait(10_000);
    expect(drive.effects).toContainEqual({ do: 'close', link: 1 });
    expect(drive.status).toBe('reconnecting');
  });

  test('what an abandoned connection still says is not heard', () => {
    const drive = new Drive().live('k.5');
    drive.tell({ on: 'closed', link: 1, code: 1006 });
    drive.wait(500);
    drive.greet('k.5');
    drive.frame(entry(6), 1);
    drive.tell({ on: 'closed', link: 1, code: 4001 });
    expect(drive.applied).toEqual([]);
    expect(drive.status).toBe('live');
  });

  test('drain: stays until told, leaves then, counts no failure', () => {
    const drive = new Drive().live('k.5');
    drive.frame({ type: 'drain', reconnect_in_ms: 2_000 });
    drive.wait(1_999);
    expect(drive.opens).toHaveLength(1);
    drive.wait(1);
    expect(drive.opens).toHaveLength(2);
    expect(drive.state.attempts).toBe(0);
  });

  test('expiring asks for a token and refreshes on the same connection', () => {
    const drive = new Drive().live('k.5');
    expect(drive.frame({ type: 'expiring', in: 60 })).toEqual([{ do: 'token' }]);
    drive.tell({ on: 'token', token: 'newer' });
    expect(drive.sent).toEqual([{ type: 'refresh', token: 'newer' }]);
  });

  test('hello brings token and place', () => {
    const drive = new Drive().start('k.5');
    drive.open('secret');
    expect(drive.sent).toEqual([{ type: 'hello', token: 'secret', resume: 'k.5' }]);
    const fresh = new Drive().start(null);
    fresh.open();
    expect(fresh.sent).toEqual([{ type: 'hello' }]);
  });

  test('a stop forgets what was handed over and not applied; a start resumes before it', () => {
    const drive = new Drive().live('k.5');
    drive.prompt = false;
    for (const seq of [6, 7]) drive.frame(entry(seq));
    drive.tell({ on: 'applied', cursor: cursor('k.6') });
    drive.tell({ on: 'stop', reason: 'by_app' });
    drive.start(null);
    drive.open();
    expect(drive.sent.at(-1)).toEqual({ type: 'hello', resume: 'k.6' });
  });

  test('a snapshot that was not taken before a stop is asked for again after it', () => {
    const drive = new Drive();
    drive.prompt = false;
    drive.start('k.5');
    drive.open();
    drive.welcome('k.20', false);
    drive.frame({ type: 'reset', cursor: 'k.20', reason: 'trimmed' });
    drive.tell({ on: 'stop', reason: 'by_app' });
    drive.start(null);
    drive.open();
    drive.welcome('k.21', false);
    expect(drive.snapshots).toEqual(['trimmed@k.20', 'fresh@k.21']);
  });

  test('what the user sees', () => {
    const drive = new Drive().start('k.5');
    expect(drive.status).toBe('connecting');
    drive.tell({ on: 'offline' });
    expect(drive.status).toBe('offline');
    drive.tell({ on: 'wake', online: true });
    drive.open();
    drive.welcome('k.5');
    expect(drive.status).toBe('catching_up');
    drive.frame(caughtUp(5));
    expect(drive.status).toBe('live');
    drive.tell({ on: 'closed', link: drive.link, code: 1006 });
    expect(drive.status).toBe('reconnecting');
    drive.tell({ on: 'stop', reason: 'by_app' });
    expect(drive.status).toBe('stopped');
  });
});
