import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { delayAfter, verdict } from '../src/backoff.ts';
import { Drive } from './drive.ts';

interface Golden {
  readonly delays: readonly {
    readonly about: string;
    readonly code: number;
    readonly welcomed: boolean;
    readonly attempts: number;
    readonly random: number;
    readonly ms: number;
  }[];
  readonly verdicts: Readonly<Record<string, readonly number[]>>;
}

const golden: Golden = JSON.parse(readFileSync(new URL('../../../../protocol/backoff.json', import.meta.url), 'utf8'));

describe('coming back, as protocol/backoff.json says', () => {
  test.each(golden.delays)('$about', ({ code, welcomed, attempts, random, ms }) => {
    expect(delayAfter(code, welcomed, attempts, random)).toBeCloseTo(ms, 6);
  });

  test.each(Object.entries(golden.verdicts))('%s', (told, codes) => {
    for (const code of codes) expect(verdict(code)).toBe(told);
  });
});

describe('a herd', () => {
  /** Milliseconds after a common loss at which each of so many clients tries again. */
  function herd(lose: (drive: Drive) => void): number[] {
    return Array.from({ length: 500 }, (_, number) => {
      const drive = new Drive().live('k.5');
      drive.random = ((number * 137) % 500) / 500;
      lose(drive);
      let waited = 0;
      for (; drive.opens.length < 2; waited += 5) drive.wait(5);
      return waited;
    });
  }

  const most = (times: readonly number[], span: number): number =>
    Math.max(...times.map((from) => times.filter((at) => from <= at && at < from + span).length));

  test.each([1001, 1006, 1012, 4100])('that lost its server with %i comes back over half a second', (code) => {
    const back = herd((drive) => drive.tell({ on: 'closed', link: drive.link, code }));
    expect(most(back, 100)).toBeLessThanOrEqual(110);
    expect(Math.max(...back)).toBeLessThanOrEqual(500);
  });

  test('that is told its slots comes back in them, also when the sockets are closed before', () => {
    let slot = 0;
    const back = herd((drive) => {
      drive.frame({ type: 'drain', reconnect_in_ms: 1_000 + 2 * slot++ });
      drive.tell({ on: 'closed', link: drive.link, code: 1012 });
    });
    expect(Math.min(...back)).toBeGreaterThanOrEqual(1_000);
    expect(most(back, 100)).toBeLessThanOrEqual(55);
  });
});
