/** Drives a receiver by hand: one input after the other, time when told, dice that are set. */

import { type ClientFrame, type Cursor, type Entry, parseCursor, parseFrame } from '../src/protocol.ts';
import { step } from '../src/receiver.ts';
import { type Effect, type Input, initial, type State } from '../src/receiver-state.ts';
import { nextTick, type Status, statusOf } from '../src/status.ts';

type Told<Each = Input> = Each extends unknown ? Omit<Each, 'now' | 'random'> : never;

export const entry = (seq: number): Entry => ({ seq, at: '2026-11-23T06:20:01Z', type: 'friend_accepted' });

export function cursor(text: string): Cursor {
  const parsed = parseCursor(text);
  if (!parsed) throw new Error(text);
  return parsed;
}

export class Drive {
  state: State = initial;
  now = 0;
  random = 0.5;
  /** Confirm entries and snapshots as soon as they are handed over. */
  prompt = true;
  effects: Effect[] = [];

  tell(told: Told): Effect[] {
    const before = JSON.stringify(this.state);
    const [after, effects] = step(Object.freeze({ ...this.state }), { ...told, now: this.now, random: this.random });
    if (JSON.stringify(this.state) !== before) throw new Error('step changed its input');
    this.state = after;
    this.effects.push(...effects);
    if (this.prompt) this.confirm(effects);
    return effects;
  }

  confirm(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.do === 'apply') this.tell({ on: 'applied', cursor: effect.cursor });
      if (effect.do === 'snapshot') this.tell({ on: 'snapshot_taken' });
    }
  }

  /** The link of the newest `open`. */
  get link(): number {
    return this.effects.findLast((effect) => effect.do === 'open')?.link ?? 0;
  }

  frame(frame: object, link = this.link): Effect[] {
    return this.tell({ on: 'frame', link, frame: parseFrame(frame) });
  }

  wait(ms: number): void {
    const until = this.now + ms;
    for (let due = nextTick(this.state); due !== null && due <= until; due = nextTick(this.state)) {
      this.now = Math.max(this.now, due);
      this.tell({ on: 'tick' });
    }
    this.now = until;
  }

  start(from: string | null): this {
    this.tell({ on: 'start', cursor: parseCursor(from) });
    return this;
  }

  open(token: string | null = null): void {
    this.tell({ on: 'opened', link: this.link, token });
  }

  welcome(at: string, resumed = true, link = this.link): void {
    this.frame({ type: 'welcome', cursor: at, resumed, heartbeat: 25, limits: { ack_interval: 5 } }, link);
  }

  /** Connected and caught up at this cursor. */
  live(at: string): this {
    this.start(at);
    return this.greet(at);
  }

  greet(at: string): this {
    this.open();
    this.welcome(at);
    this.frame({ type: 'caught_up', cursor: at });
    this.effects = this.effects.filter((effect) => effect.do === 'open');
    return this;
  }

  get status(): Status {
    return statusOf(this.state);
  }

  get sent(): ClientFrame[] {
    return this.effects.flatMap((effect) => (effect.do === 'send' ? [effect.frame] : []));
  }

  get applied(): number[] {
    return this.effects.flatMap((effect) => (effect.do === 'apply' ? [effect.entry.seq] : []));
  }

  get snapshots(): string[] {
    return this.effects.flatMap((effect) =>
      effect.do === 'snapshot' ? [`${effect.reason}@${effect.cursor.epoch}.${effect.cursor.seq}`] : [],
    );
  }

  get opens(): number[] {
    return this.effects.flatMap((effect) => (effect.do === 'open' ? [effect.link] : []));
  }

  /** Milliseconds until it tries again by itself. */
  get pause(): number {
    return this.state.phase.name === 'waiting' ? this.state.phase.until - this.now : Number.NaN;
  }
}
