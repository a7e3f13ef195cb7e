/**
 * The real client as a process, for tests that kill servers, buses and clients. Node runs this file as it is.
 *
 *   node harness/client.ts --base http://127.0.0.1:8000 --token eyJ… --cursor-file /tmp/cursor
 *
 * Every call of an application handler is one JSON line on stdout, written before the cursor file is:
 *   {"event":"entry","ms":…,"cursor":"k3x9.6","entry":{…}}      {"event":"snapshot","ms":…,"cursor":"k3x9.5","reason":"fresh"}
 *   {"event":"ephemeral","ms":…,"frame":{…}}                    {"event":"status","ms":…,"status":"live","transport":"websocket",…}
 *   {"event":"error","ms":…,"message":"…"}                      {"event":"begin","ms":…,"cursor":"k3x9.6"}: what the cursor file held
 *
 * Options: --base URL · --token TOKEN · --cookie "sessionid=…" · --origin ORIGIN · --start CURSOR · --cursor-file FILE ·
 * --transports websocket,sse,long_poll,poll (a shorter ladder; default: all) · --poll-every MS · --slow MS (the handler takes so long) ·
 * --snapshots PATH (where a snapshot is reloaded from: "state" of its line) · --wake-every MS (as if somebody looked at the page that often) ·
 * --mistake stores_first (what a test must notice: the cursor is stored before the entry is handled) · --seed N (the dice) ·
 * --commands (JSON lines on stdin: {"do":"stop"|"start"|"wake"|"watch"|"unwatch"|"typing"|"token", "topics"?, "to"?, "token"?}).
 * SIGTERM and SIGINT stop the stream and end the process.
 */

import { readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import {
  type CursorStore,
  createStreamClient,
  type Entry,
  type Environment,
  longPoll,
  memoryCursors,
  platform,
  poll,
  sse,
  type Transport,
  websocket,
} from '../src/index.ts';

const { values } = parseArgs({
  options: {
    base: { type: 'string', default: 'http://127.0.0.1:8000' },
    token: { type: 'string' },
    cookie: { type: 'string' },
    origin: { type: 'string' },
    start: { type: 'string' },
    'cursor-file': { type: 'string' },
    transports: { type: 'string', default: 'websocket,sse,long_poll,poll' },
    'poll-every': { type: 'string', default: '30000' },
    slow: { type: 'string', default: '0' },
    mistake: { type: 'string' },
    snapshots: { type: 'string' },
    'wake-every': { type: 'string', default: '0' },
    seed: { type: 'string' },
    commands: { type: 'boolean', default: false },
  },
});

let token = values.token ?? null;

function say(event: string, members: object): void {
  const line = Buffer.from(`${JSON.stringify({ event, ms: Date.now(), ...members })}\n`);
  for (let written = 0; written < line.length; ) {
    try {
      written += writeSync(1, line, written);
    } catch (problem) {
      // The reader of a pipe may be slower than we are.
      if (!(problem instanceof Error && 'code' in problem && problem.code === 'EAGAIN')) throw problem;
    }
  }
}

function fileCursors(path: string): CursorStore {
  return {
    load() {
      try {
        return readFileSync(path, 'utf8').trim();
      } catch {
        return null;
      }
    },
    save(cursor) {
      if (cursor === null) return rmSync(path, { force: true });
      writeFileSync(`${path}.new`, cursor);
      renameSync(`${path}.new`, path);
    },
  };
}

/** Node's WebSocket and fetch, with the headers a browser would add. */
function environment(): Environment {
  const own = platform();
  const headers = {
    ...(values.cookie ? { Cookie: values.cookie } : {}),
    ...(values.origin ? { Origin: values.origin } : {}),
  };
  let held = Number(values.seed ?? 0);
  const rolled = (): number => {
    held = (Math.imul(held, 1_664_525) + 1_013_904_223) >>> 0;
    return held / 4_294_967_296;
  };
  return {
    ...own,
    socket: (url, protocol) => Reflect.construct(WebSocket, [url, { protocols: [protocol], headers }]),
    fetch: (url, asking) =>
      fetch(url, { ...asking, headers: { ...asking.headers, ...headers }, signal: signalOf(asking.signal) }),
    ...(values.seed ? { random: rolled } : {}),
    onWake(listener) {
      const every = Number(values['wake-every']);
      if (every === 0) return own.onWake(listener);
      const timer = setInterval(() => listener('visible'), every);
      return () => clearInterval(timer);
    },
  };
}

const signalOf = (signal: unknown): AbortSignal | null => (signal instanceof AbortSignal ? signal : null);

const makers: Readonly<Record<string, () => Transport>> = {
  websocket,
  sse,
  long_poll: longPoll,
  poll: () => poll(Number(values['poll-every'])),
};
const transports = values.transports.split(',').map((name) => {
  const make = makers[name];
  if (!make) throw new Error(`No transport "${name}"; there are ${Object.keys(makers).join(', ')}`);
  return make();
});

/** What an application reloads: for every person the keys of the notes that are there, as the lab's `/lab/notes/` tells them. */
async function reload(): Promise<object> {
  const answer = await fetch(`${values.base}${values.snapshots}`);
  if (!answer.ok) throw new Error(`The snapshot was answered ${answer.status}`);
  const held: Record<string, string[]> = {};
  for (const [key, people] of Object.entries(JSON.parse(await answer.text())))
    for (const person of Array.isArray(people) ? people : []) held[person] = [...(held[person] ?? []), key];
  return held;
}

function onSnapshot(cursor: string, reason: string): unknown {
  if (!values.snapshots) return say('snapshot', { cursor, reason });
  return reload().then((state) => say('snapshot', { cursor, reason, state }));
}

const slow = Number(values.slow);
const cursors = values['cursor-file'] ? fileCursors(values['cursor-file']) : memoryCursors();

function onEntry(entry: Entry, cursor: string): unknown {
  const done = () => say('entry', { cursor, entry });
  if (values.mistake === 'stores_first') cursors.save(cursor);
  else done();
  if (slow === 0) return null;
  return new Promise((resolve) => setTimeout(resolve, slow)).then(values.mistake ? done : null);
}

const stream = createStreamClient({
  base: values.base,
  environment: environment(),
  transports,
  cursors,
  token: () => token,
  onEntry,
  onSnapshot,
  onEphemeral: (frame) => say('ephemeral', { frame }),
  onStatus: (snapshot) => say('status', snapshot),
  onError: ({ message }) => say('error', { message }),
});

function obey(line: string): void {
  const { do: what, topics = [], to = 0, token: newer = null } = JSON.parse(line);
  if (what === 'stop') stream.stop();
  else if (what === 'start') stream.start();
  else if (what === 'wake') stream.wake();
  else if (what === 'watch') stream.watch(topics);
  else if (what === 'unwatch') stream.unwatch(topics);
  else if (what === 'typing') stream.typing(to);
  else if (what === 'token' && typeof newer === 'string') {
    token = newer;
    stream.setToken(newer);
  } else throw new Error(`Cannot "${what}"`);
}

function end(): void {
  stream.stop();
  process.exit(0);
}

process.on('SIGTERM', end);
process.on('SIGINT', end);
if (values.commands) createInterface({ input: process.stdin }).on('line', obey);
// Keeps the process alive while the stream is stopped and waits for a command.
setInterval(() => {}, 60_000);
say('begin', { cursor: values.start ?? cursors.load() });
stream.start(values.start);
