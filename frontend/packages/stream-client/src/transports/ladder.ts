/**
 * Several transports as one: down when a rung does not carry, up when a better one does, and never by hand. Rung 0 is the best.
 *
 * A rung carries if its connections are welcomed and live for a minute: some proxies let the handshake pass and kill what follows.
 * One that has worked before is given more patience: a server that restarts refuses sockets for a while, and a whole fleet must not
 * take that for a proxy. Below the last rung comes the first again. Upward we probe with a second connection and switch once it is
 * welcomed (make before break), so a failing probe costs the user nothing; what both connections bring is a duplicate to the receiver.
 */

import type { Environment } from '../environment.ts';
import type { ClientFrame } from '../protocol.ts';
import type { Link, LinkEvents, Transport } from './transport.ts';

interface Standing {
  readonly rung: number;
  /** Connections on this rung, one after the other, that did not carry. */
  readonly failures: number;
  /** Rungs that have been welcomed. */
  readonly reached: ReadonlySet<number>;
  readonly probeDelay: number;
  readonly probes: number;
}

const PATIENCE = 3;
const PATIENCE_REACHED = 8;
const PROBE_FIRST = 15_000;
const PROBE_LONGEST = 300_000;
const PROBE_ANSWER = 20_000;
const STABLE = 60_000;
/** A connection given up sooner, before any welcome, was not wanted any more. */
const A_TRY = 5_000;

function failed(standing: Standing, rungs: number): Standing {
  const { rung, reached, probeDelay } = standing;
  const failures = standing.failures + 1;
  const known = reached.has(rung);
  if (failures < (known ? PATIENCE_REACHED : PATIENCE)) return { ...standing, failures };
  // It can be reached and does not last: come back to it more and more rarely.
  const longer = known ? Math.min(PROBE_LONGEST, probeDelay * 2) : probeDelay;
  return { ...standing, failures: 0, rung: (rung + 1) % rungs, probeDelay: longer };
}

const welcomed = (standing: Standing, rung: number): Standing => ({
  ...standing,
  rung,
  failures: rung === standing.rung ? standing.failures : 0,
  reached: new Set([...standing.reached, rung]),
});

const carries = (standing: Standing): Standing => ({
  ...standing,
  failures: 0,
  probeDelay: standing.rung === 0 ? PROBE_FIRST : standing.probeDelay,
});

const probeFailed = (standing: Standing): Standing => ({
  ...standing,
  probeDelay: Math.min(PROBE_LONGEST, standing.probeDelay * 2),
  probes: standing.probes + 1,
});

export function ladder(transports: readonly Transport[]): Transport {
  // What is known of the rungs outlives the connections, and a stop.
  let standing: Standing = { rung: 0, failures: 0, reached: new Set(), probeDelay: PROBE_FIRST, probes: 0 };

  return { open: (environment, base, events) => stand(environment, base, events) };

  function stand(environment: Environment, base: string, events: LinkEvents): Link {
    const begun = environment.now();
    let welcomedAt: number | null = null;
    let hello: ClientFrame = { type: 'hello' };
    let probe: Link | null = null;
    let cancelProbe = (): void => {};

    function mount(rung: number, given: LinkEvents): Link {
      const transport = transports[rung];
      if (!transport) throw new Error('A ladder needs a rung');
      return transport.open(environment, base, given);
    }

    function end(code: number): void {
      cancelProbe();
      probe?.close();
      unlisten();
      const lived = environment.now() - (welcomedAt ?? begun);
      if (welcomedAt !== null && lived >= STABLE) standing = carries(standing);
      // A code of the server's own is no fault of the way to it.
      else if (environment.online() && code < 4000 && (welcomedAt !== null || lived >= A_TRY || code > 0)) {
        standing = failed(standing, transports.length);
      }
    }

    function greeted(rung: number): void {
      welcomedAt = environment.now();
      standing = welcomed(standing, rung);
      probeIn(standing.probeDelay);
    }

    // ---------------------------------------------------------- upward

    function probeIn(delay: number): void {
      cancelProbe();
      if (standing.rung > 0) cancelProbe = environment.after(delay, look);
    }

    /** Better rungs take turns, the best first. */
    function look(): void {
      const rung = standing.probes % standing.rung;
      const up = tryOut(rung);
      probe = up;
      cancelProbe = environment.after(PROBE_ANSWER, () => {
        up?.close();
        fail();
      });
    }

    function fail(): void {
      probe = null;
      standing = probeFailed(standing);
      probeIn(standing.probeDelay);
    }

    function tryOut(rung: number): Link | null {
      try {
        const up: Link = mount(rung, {
          ...events,
          opened() {
            const resume = events.place();
            up.send({ ...hello, type: 'hello', ...(resume === null ? {} : { resume }) });
          },
          frame(frame) {
            if (probe === up && frame.kind === 'welcome') {
              probe = null;
              current.close();
              current = up;
              greeted(rung);
            }
            if (current === up) events.frame(frame);
          },
          closed: (code) => (current === up ? gone(code) : fail()),
        });
        return up;
      } catch {
        fail();
        return null;
      }
    }

    // ---------------------------------------------------------- the connection in use

    function gone(code: number): void {
      end(code);
      events.closed(code);
    }

    const unlisten = environment.onWake((wake) => {
      if (wake === 'offline' || welcomedAt === null || probe) return;
      // Whoever looks at the page often must not ask for the best rung each time, and never for those between.
      standing = { ...standing, probeDelay: PROBE_FIRST, probes: wake === 'online' ? 0 : standing.probes };
      probeIn(0);
    });

    const { rung } = standing;
    let current = mount(rung, {
      ...events,
      frame(frame) {
        if (frame.kind === 'welcome') greeted(rung);
        events.frame(frame);
      },
      closed: gone,
    });

    return {
      get name() {
        return current.name;
      },
      send(frame) {
        if (frame.type === 'hello') hello = frame;
        if (frame.type === 'refresh') hello = { type: 'hello', token: frame.token };
        current.send(frame);
      },
      close() {
        end(0);
        current.close();
      },
    };
  }
}
