/**
 * Which transport to use: rung 0 is the best. Down when a rung is not answered, up when a better one is, and never by hand.
 *
 * A rung that has worked before is given more patience: a server that restarts refuses sockets for a while, and a whole fleet
 * must not take that for a proxy that blocks them. Below the last rung comes the first again. Upward we probe with a second
 * connection and switch once it is welcomed (make before break), so a failing probe costs the user nothing.
 */

export interface Ladder {
  readonly rungs: number;
  readonly rung: number;
  /** Connections on this rung, one after the other, that were never welcomed. */
  readonly failures: number;
  readonly reached: readonly number[];
  readonly probeAt: number;
  readonly probeDelay: number;
  readonly probes: number;
}

const PATIENCE = 3;
const PATIENCE_REACHED = 8;
const PROBE_FIRST = 15_000;
const PROBE_LONGEST = 300_000;

export const ladderOf = (rungs: number): Ladder => ({
  rungs,
  rung: 0,
  failures: 0,
  reached: [],
  probeAt: 0,
  probeDelay: PROBE_FIRST,
  probes: 0,
});

export function unanswered(ladder: Ladder): Ladder {
  const failures = ladder.failures + 1;
  const patience = ladder.reached.includes(ladder.rung) ? PATIENCE_REACHED : PATIENCE;
  return failures < patience
    ? { ...ladder, failures }
    : { ...ladder, failures: 0, rung: (ladder.rung + 1) % ladder.rungs };
}

export function answered(ladder: Ladder, rung: number, now: number): Ladder {
  const probeDelay = rung < ladder.rung ? PROBE_FIRST : ladder.probeDelay;
  const reached = [...ladder.reached.filter((known) => known !== rung), rung];
  return { ...ladder, rung, failures: 0, reached, probeDelay, probeAt: now + probeDelay };
}

/** Better rungs take turns, the best first. */
export const probeRung = (ladder: Ladder): number => ladder.probes % Math.max(1, ladder.rung);

export function probeFailed(ladder: Ladder, now: number): Ladder {
  const probeDelay = Math.min(PROBE_LONGEST, ladder.probeDelay * 2);
  return { ...ladder, probeDelay, probeAt: now + probeDelay, probes: ladder.probes + 1 };
}

export const probeNow = (ladder: Ladder, now: number): Ladder => ({
  ...ladder,
  probeAt: now,
  probeDelay: PROBE_FIRST,
  probes: 0,
});
