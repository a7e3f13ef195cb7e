import { describe, expect, test } from 'vitest';
import { MOST_PENDING } from '../src/receiver.ts';
import { cursor, Drive, entry } from './drive.ts';

const caughtUp = (seq: number) => ({ type: 'caught_up', cursor: `k.${seq}` });

describe('the stream', () => {
  test('the next entry is applied, a duplicate is dropped', () => {
    const drive = new Drive().live('k.5');
    for (const seq of [6, 6, 5, 1, 7]) drive.frame(entry(seq));
    expect(drive.applied).toEqual([6, 7]);
  });

  test('a gap is repaired on the same connection, however often', () => {
    const drive = new Drive().live('k.5');
    for (let round = 0; round < 5; round++) {
      const at = 5 + round * 3;
      drive.frame(entry(at + 3));
      expect(drive.sent.at(-1)).toEqual({ type: 'sync', after: `k.${at}` });
      for (const seq of [1, 2, 3]) drive.frame(entry(at + seq));
      drive.frame(caughtUp(at + 3));
    }
    expect(drive.status).toBe('live');
    expect(drive.opens).toHaveLength(1);
    expect(drive.snapshots).toEqual([]);
  });

  test('while a sync is under way no second one is sent', () => {
    const drive = new Drive().live('k.5');
    drive.frame(entry(9));
    drive.frame(entry(12));
    drive.frame({ type: 'ping', head: 12 });
    expect(drive.sent.filter(({ type }) => type === 'sync')).toHaveLength(1);
  });

  test('a head in a ping reveals a lost tail', () => {
    const drive = new Drive().live('k.5');
    drive.frame({ type: 'ping', head: 5 });
    expect(drive.sent).toEqual([{ type: 'pong' }]);
    drive.frame({ type: 'ping', head: 6 });
    expect(drive.sent.at(-1)).toEqual({ type: 'sync', after: 'k.5' });
  });

  test('two syncs that bring nothing mean a snapshot at the cursor the server named', () => {
    const drive = new Drive().live('k.5');
    drive.frame(entry(9));
    drive.frame(caughtUp(9));
    expect(drive.snapshots).toEqual([]);
    drive.frame(caughtUp(9));
    expect(drive.snapshots).toEqual(['unrepaired@k.9']);
    drive.frame(entry(10));
    expect(drive.applied).toEqual([10]);
  });

  test('two syncs that are not answered mean a snapshot, and nothing is skipped unseen', () => {
    const drive = new Drive().live('k.5');
    drive.frame(entry(9));
    drive.wait(10_000);
    drive.wait(10_000);
    expect(drive.snapshots).toEqual(['unrepaired@k.5']);
    drive.frame(entry(6));
    expect(drive.applied).toEqual([6]);
  });

  test('a long replay is not mistaken for a failed one', () => {
    const drive = new Drive().live('k.5');
    drive.frame({ type: 'ping', head: 20 });
    for (let seq = 6; seq <= 20; seq++) {
      drive.wait(9_000);
      drive.frame(entry(seq));
    }
    drive.frame(caughtUp(20));
    expect(drive.snapshots).toEqual([]);
    expect(drive.status).toBe('live');
  });

  test('a replay whose end is lost ends in a sync', () => {
    const drive = new Drive().start('k.5');
    drive.open();
    drive.welcome('k.5');
    for (let beat = 0; beat < 4; beat++) {
      drive.wait(10_000);
      drive.frame({ type: 'ping', head: 6 });
    }
    expect(drive.sent).toContainEqual({ type: 'sync', after: 'k.5' });
  });

  test('until the reset is here, numbers of another epoch are not taken for ours', () => {
    const drive = new Drive().start('k.5');
    drive.open();
    drive.welcome('m.9', false);
    drive.frame(entry(6));
    expect(drive.applied).toEqual([]);
    drive.frame({ type: 'reset', cursor: 'm.9', reason: 'epoch' });
    expect(drive.snapshots).toEqual(['epoch@m.9']);
    drive.frame(entry(10));
    expect(drive.applied).toEqual([10]);
  });

  test('a reset that is lost is not waited for for ever', () => {
    const drive = new Drive().start('k.5');
    drive.open();
    drive.welcome('m.9', false);
    drive.wait(10_000);
    expect(drive.snapshots).toEqual(['unrepaired@m.9']);
    expect(drive.status).toBe('live');
  });

  test('an application that is slow is not buried: the rest stays on the server and is fetched later', () => {
    const drive = new Drive().live('k.0');
    drive.prompt = false;
    for (let seq = 1; seq <= MOST_PENDING + 500; seq++) drive.frame(entry(seq));
    expect(drive.applied).toHaveLength(MOST_PENDING);
    expect(drive.sent).toEqual([]);
    for (const seq of [...drive.applied]) drive.tell({ on: 'applied', cursor: cursor(`k.${seq}`) });
    expect(drive.sent.find(({ type }) => type === 'sync')).toEqual({ type: 'sync', after: `k.${MOST_PENDING}` });
    for (let seq = MOST_PENDING + 1; seq <= MOST_PENDING + 500; seq++) drive.frame(entry(seq));
    expect(drive.applied).toHaveLength(MOST_PENDING + 500);
  });
});

describe('acknowledging', () => {
  test('at most one ack in five seconds, and the last entry is not forgotten', () => {
    const drive = new Drive().live('k.5');
    for (const seq of [6, 7, 8]) drive.frame(entry(seq));
    expect(drive.sent).toEqual([{ type: 'ack', seq: 6 }]);
    drive.wait(4_999);
    expect(drive.sent).toHaveLength(1);
    drive.wait(1);
    expect(drive.sent.at(-1)).toEqual({ type: 'ack', seq: 8 });
    drive.wait(20_000);
    expect(drive.sent).toHaveLength(2);
  });

  test('what is received but not applied is not acknowledged', () => {
    const drive = new Drive().live('k.5');
    drive.prompt = false;
    drive.frame(entry(6));
    drive.frame(entry(7));
    expect(drive.sent).toEqual([]);
    drive.tell({ on: 'applied', cursor: cursor('k.6') });
    expect(drive.sent).toEqual([{ type: 'ack', seq: 6 }]);
  });

  test('a snapshot is acknowledged when it is taken, not when it is asked for', () => {
    const drive = new Drive().start('k.5');
    drive.prompt = false;
    drive.open();
    drive.welcome('k.20', false);
    drive.frame({ type: 'reset', cursor: 'k.20', reason: 'trimmed' });
    expect(drive.status).toBe('catching_up');
    expect(drive.sent.filter(({ type }) => type === 'ack')).toEqual([]);
    drive.tell({ on: 'snapshot_taken' });
    expect(drive.sent.at(-1)).toEqual({ type: 'ack', seq: 20 });
  });

  test('an ack that may have been lost with its connection is repeated on the next', () => {
    const drive = new Drive().live('k.5');
    drive.frame(entry(6));
    drive.tell({ on: 'closed', link: drive.link, code: 1006 });
    drive.wait(500);
    drive.greet('k.6');
    drive.wait(5_000);
    expect(drive.sent).toEqual([{ type: 'ack', seq: 6 }]);
  });

  test('what is not acknowledged yet is when we leave', () => {
    const drive = new Drive().live('k.5');
    drive.frame(entry(6));
    drive.frame(entry(7));
    drive.tell({ on: 'stop', reason: 'by_app' });
    expect(drive.sent.at(-1)).toEqual({ type: 'ack', seq: 7 });
  });
});

describe('ephemeral things', () => {
  test('topics are watched again on every connection, once each', () => {
    const drive = new Drive().live('k.5');
    drive.tell({ on: 'watch', topics: ['post:1', 'post:2'] });
    drive.tell({ on: 'watch', topics: ['post:2'] });
    drive.tell({ on: 'closed', link: drive.link, code: 1006 });
    drive.wait(500);
    drive.open();
    drive.welcome('k.5');
    expect(drive.sent.filter(({ type }) => type === 'watch')).toEqual([
      { type: 'watch', topics: ['post:1', 'post:2'] },
      { type: 'watch', topics: ['post:1', 'post:2'] },
    ]);
  });

  test('what is watched twice is unwatched with the second time', () => {
    const drive = new Drive().live('k.5');
    drive.tell({ on: 'watch', topics: ['post:1'] });
    drive.tell({ on: 'watch', topics: ['post:1'] });
    drive.tell({ on: 'unwatch', topics: ['post:1'] });
    expect(drive.sent.filter(({ type }) => type === 'unwatch')).toEqual([]);
    drive.tell({ on: 'unwatch', topics: ['post:1', 'post:9'] });
    expect(drive.sent.at(-1)).toEqual({ type: 'unwatch', topics: ['post:1'] });
  });

  test('typing leaves at most once in two seconds for each person', () => {
    const drive = new Drive().live('k.5');
    for (let key = 0; key < 30; key++) {
      drive.tell({ on: 'type', to: 3 });
      if (key === 0) drive.tell({ on: 'type', to: 4 });
      drive.wait(100);
    }
    expect(drive.sent.filter((frame) => frame.type === 'typing' && frame.to === 3)).toHaveLength(2);
    expect(drive.sent.filter((frame) => frame.type === 'typing' && frame.to === 4)).toHaveLength(1);
  });
});

describe('another way to the same stream', () => {
  test('a transport that changes beneath an open link: nothing is missed or doubled on the way', () => {
    const drive = new Drive().live('k.5');
    drive.tell({ on: 'watch', topics: ['post:1'] });
    drive.frame(entry(6));
    drive.welcome('k.5');
    expect(drive.sent.at(-1)).toEqual({ type: 'watch', topics: ['post:1'] });
    drive.frame(entry(6));
    drive.frame(entry(7));
    drive.frame(caughtUp(7));
    expect(drive.applied).toEqual([6, 7]);
    expect(drive.status).toBe('live');
    expect(drive.opens).toHaveLength(1);
  });

  test('a transport that is replaced: the stream goes on from its place', () => {
    const drive = new Drive().live('k.5');
    drive.tell({ on: 'elsewhere' });
    expect(drive.effects).toContainEqual({ do: 'close', link: 1 });
    drive.open();
    expect(drive.sent).toEqual([{ type: 'hello', resume: 'k.5' }]);
  });

  test('a start with a cursor older than our own place does not take us back', () => {
    const drive = new Drive().live('k.5');
    drive.frame(entry(6));
    drive.tell({ on: 'stop', reason: 'by_app' });
    drive.start('k.5');
    drive.open();
    expect(drive.sent.at(-1)).toEqual({ type: 'hello', resume: 'k.6' });
    drive.tell({ on: 'stop', reason: 'by_app' });
    drive.start('k.9');
    drive.open();
    expect(drive.sent.at(-1)).toEqual({ type: 'hello', resume: 'k.9' });
  });
});
