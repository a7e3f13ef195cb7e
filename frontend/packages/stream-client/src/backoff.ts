/**
 * How long to stay away. Full jitter (a random part of a growing cap) spreads a fleet of clients that lost the same server at once;
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ has the comparison.
 */

const FIRST = 500;
const LONGEST = 30_000;
const AT_ONCE = 1_000;
const AT_ONCE_TIMES = 3;

/** Milliseconds before connection attempt number `attempt` (0 is the first after a failure); `random` is in [0, 1). */
export const backoff = (attempt: number, random: number): number =>
  random * Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 16));

export type Verdict = 'stop' | 'back_off' | 'at_once';

/** The range of a close code is the instruction, so that a code nobody knows yet still means something. */
export function verdict(code: number): Verdict {
  if (code >= 4000 && code < 4100) return 'stop';
  if (code >= 4200 && code < 4300) return 'at_once';
  return 'back_off';
}

/** Milliseconds to wait after close `code`; `attempts` counts this failure too, since the last stable minute. */
export function delayAfter(code: number, welcomed: boolean, attempts: number, random: number): number {
  const prompt = welcomed && attempts <= AT_ONCE_TIMES && verdict(code) === 'at_once';
  return prompt ? random * AT_ONCE : backoff(attempts - 1, random);
}
