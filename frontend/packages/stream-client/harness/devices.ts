/**
 * The real client without a network, a clock or dice: whoever writes its lines decides what happens, and when. For tests that explore
 * schedules (`tests/model`); one process serves any number of devices, one after the other and side by side.
 *
 *   node harness/devices.ts [--mistake NAME]
 *
 * One JSON line in is one thing that happens to a device, one line out is what its client did about it, all of it, in order:
 *   {"device":"a","do":"wake_up","stored":"k3x9.5"}   a new life, with what the store held; nothing is left of the life before
 *   {"do":"opened"}  {"do":"frame","frame":{…}}  {"do":"closed","code":1006}       of the newest link
 *   {"do":"done"}  {"do":"failed"}  {"do":"saved"}    the handler's promise, the store's
 *   {"do":"advance"}  {"do":"advance","most":25000}   the clock jumps to the client's next timer, or so many milliseconds if that is later
 *   → {"did":[{"entry":{…},"cursor":"k3x9.6"} | {"snapshot":"k3x9.5"} | {"save":"k3x9.6"} | {"send":{…}} | {"open":1} | {"close":1}],
 *      "status":"live","due":25000}
 */

import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Stream } from '../src/client.ts';
import type { Environment } from '../src/environment.ts';
import type { LinkEvents } from '../src/transports/transport.ts';
import { make } from './mistakes.ts';

const { values } = parseArgs({ options: { mistake: { type: 'string' } } });
if (values.mistake) make(values.mistake);
const { createClient, platform } = await import('../src/core.ts');
const { parseFrame } = await import('../src/protocol.ts');

interface Life {
  readonly stream: Stream;
  happens(what: string, told: Told): void;
  takeDone(): object[];
  due(): number | null;
}

interface Told {
  readonly device: string;
  readonly do: string;
  readonly stored?: string | null;
  readonly frame?: unknown;
  readonly code?: number;
  readonly most?: number;
}

interface Promised {
  resolve(): void;
  reject(problem: Error): void;
}

function begin(stored: string | null): Life {
  let did: object[] = [];
  let now = 0;
  let timers: { readonly at: number; readonly run: () => void }[] = [];
  let link: LinkEvents | null = null;
  let handling: Promised | null = null;
  let saving: Promised | null = null;

  const environment: Environment = {
    ...platform(),
    now: () => now,
    random: () => 0.5,
    onWake: () => () => {},
    after(delay, run) {
      const timer = { at: now + delay, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
  };
  const handle = (what: object): Promise<void> => {
    did.push(what);
    return new Promise((resolve, reject) => {
      handling = { resolve, reject };
    });
  };
  const stream = createClient({
    environment,
    transport: {
      open(_environment, _base, events) {
        did.push({ open: 1 });
        link = events;
        return {
          name: 'websocket',
          send: (frame) => link === events && did.push({ send: frame }),
          close: () => link === events && did.push({ close: 1 }),
        };
      },
    },
    cursors: {
      load: () => stored,
      save(cursor) {
        did.push({ save: cursor });
        return new Promise((resolve, reject) => {
          saving = { resolve, reject };
        });
      },
    },
    onEntry: (entry, cursor) => handle({ entry, cursor }),
    onSnapshot: (cursor) => handle({ snapshot: cursor }),
    onError: (problem) => did.push({ error: problem.message }),
  });

  function advance(most: number): void {
    const at = Math.min(now + most, ...timers.map((timer) => timer.at));
    now = Math.max(now, at);
    const next = timers.find((timer) => timer.at <= now);
    timers = timers.filter((timer) => timer !== next);
    next?.run();
  }

  return {
    stream,
    happens(what, told) {
      if (what === 'opened') link?.opened();
      else if (what === 'frame') link?.frame(parseFrame(told.frame));
      else if (what === 'closed') link?.closed(told.code ?? 1006);
      else if (what === 'done') handling?.resolve();
      else if (what === 'failed') handling?.reject(new Error('the application fails'));
      else if (what === 'saved') saving?.resolve();
      else if (what === 'advance') advance(told.most ?? 86_400_000);
      else throw new Error(`Cannot "${what}"`);
    },
    takeDone() {
      const taken = did;
      did = [];
      return taken;
    },
    due: () => (timers.length > 0 ? Math.min(...timers.map(({ at }) => at)) - now : null),
  };
}

const lives = new Map<string, Life>();

/** Whatever promises were waiting for has then been done. */
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

for await (const line of createInterface({ input: process.stdin })) {
  const told: Told = JSON.parse(line);
  let life = lives.get(told.device);
  if (told.do === 'wake_up') {
    life = begin(told.stored ?? null);
    lives.set(told.device, life);
    life.stream.start();
  } else if (life) life.happens(told.do, told);
  else throw new Error(`There is no device ${told.device}`);
  await quiet();
  const { status } = life.stream.getSnapshot();
  process.stdout.write(`${JSON.stringify({ did: life.takeDone(), status, due: life.due() })}\n`);
}
