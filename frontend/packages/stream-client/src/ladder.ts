/**
 * Which transport to use: rung 0 is the best. Down when a rung does not carry, up when a better one does, and never by hand.
 *
 * A rung carries if its connections are welcomed and live for a minute: some proxies let the handshake pass and kill what follows.
 * One that has worked before is given more patience: a server that restarts refuses sockets for a while, and a whole fleet must not
 * take that for a proxy. Below the last rung comes the first again. Upward we probe with a second connection and switch once it is
 * welcomed (make before break), so a failing probe costs the user nothing.
 */

export interface Ladder {
  readonly rungs: number;
  readonly rung: number;
  /** Connections on this rung, one after the other, that did not carry. */
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

export function failed(ladder: Ladder): Ladder {
  const { rungs, rung, reached, probeDelay } = ladder;
  const failures = ladder.failures + 1;
  const known = reached.includes(rung);
  if (failures < (known ? PATIENCE_REACHED : PATIENCE)) return { ...ladder, failures };
  // It can be reached and does not last: come back to it more and more rarely.
  const longer = known ? Math.min(PROBE_LONGEST, probeDelay * 2) : probeDelay;
  return { ...ladder, failures: 0, rung: (rung + 1) % rungs, probeDelay: longer };
}

export function welcomed(ladder: Ladder, rung: number, now: number): Ladder {
  const reached = [...ladder.reached.filter((known) => known !== rung), rung];
  return {
    ...ladder,
    rung,
    failures: rung === ladder.rung ? ladder.failures : 0,
    reached,
    probeAt: now + ladder.probeDelay,
  };
}

export const carries = (ladder: Ladder): Ladder => ({
  ...ladder,
  failures: 0,
  probeDelay: ladder.rung === 0 ? PROBE_FIRST : ladder.probeDelay,
});

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
