/** Plays the client's side of a transcript against the receiver, with an application that handles everything at once. */

import { formatCursor, parseCursor, parseFrame } from '../src/protocol.ts';
import { step as honestStep } from '../src/receiver.ts';
import { type Effect, type Input, initial, type State } from '../src/receiver-state.ts';
import { nextTick, statusOf } from '../src/status.ts';

type Step = Readonly<Record<string, unknown>>;
export interface Transcript {
  readonly name: string;
  readonly steps: readonly Step[];
}

type Told<Each = Input> = Each extends unknown ? Omit<Each, 'now' | 'random'> : never;

class Mismatch extends Error {}

function same(actual: unknown, expected: unknown, about: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Mismatch(`${about}: expected ${b}, got ${a}`);
}

const sorted = (value: unknown): unknown =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort())
    : value;

export function replay(transcript: Transcript, step: typeof honestStep = honestStep): void {
  let state: State = initial;
  let now = 0;
  let link = 0;
  const sent: unknown[] = [];
  let applied: number[] = [];
  let snapshots = 0;

  function tell(told: Told): void {
    const waiting: Told[] = [told];
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const input: Input = { ...next, now, random: 0.5 };
      const [after, effects] = step(state, input);
      state = after;
      for (const effect of effects) waiting.push(...carryOut(effect));
    }
  }

  function carryOut(effect: Effect): Told[] {
    switch (effect.do) {
      case 'open':
        link = effect.link;
        return [];
      case 'send':
        sent.push(effect.frame);
        return [];
      case 'apply':
        applied.push(effect.entry.seq);
        return [{ on: 'applied', cursor: effect.cursor }];
      case 'snapshot':
        snapshots += 1;
        return [{ on: 'snapshot_taken' }];
      case 'token':
        return [{ on: 'token', token: 'newer' }];
      case 'close':
      case 'ephemeral':
      case 'error':
        return [];
    }
  }

  const hello = transcript.steps.find((each) => JSON.stringify(each).startsWith('{"client":{"type":"hello"'));
  const resume = /"resume":"([^"]+)"/.exec(JSON.stringify(hello))?.[1];
  tell({ on: 'start', cursor: parseCursor(resume) });

  function play(each: Step, at: number) {
    const [key, value] = Object.entries(each)[0] ?? ['', null];
    const about = `${transcript.name}, step ${at} (${key})`;
    switch (key) {
      case 'connect':
        same(state.phase.name, 'opening', about);
        return tell({ on: 'opened', link, token: null });
      case 'disconnect':
        return tell({
          on: 'closed',
          link: 'link' in state.phase && state.phase.name !== 'opening' ? link : 0,
          code: Number(value),
        });
      case 'client':
        return same(sorted(sent.shift()), sorted(value), about);
      case 'server':
      case 'inject':
        return tell({ on: 'frame', link, frame: parseFrame(value) });
      case 'apply':
        same(applied, value, about);
        applied = [];
        return;
      case 'snapshot':
        same(snapshots, 1, about);
        snapshots = 0;
        return;
      case 'state':
        return same(statusOf(state), value, about);
      case 'wait': {
        const until = now + Number(value);
        for (let due = nextTick(state); due !== null && due <= until; due = nextTick(state)) {
          now = Math.max(now, due);
          tell({ on: 'tick' });
        }
        now = until;
      }
    }
  }

  for (const [at, each] of transcript.steps.entries()) play(each, at);
  same(sent, [], `${transcript.name}: sent more than the transcript has`);
  same(applied, [], `${transcript.name}: applied more than the transcript has`);
  same(snapshots, 0, `${transcript.name}: asked for a snapshot more`);
  if (state.place && statusOf(state) === 'live')
    same(state.place.received, state.place.applied, formatCursor({ epoch: 'applied', seq: state.place.applied }));
}
