/** What a state means to others: to the user (status), and to the clock (the next moment something is due). */

import { ackDue, type State } from './receiver-state.ts';

export type Status = 'connecting' | 'live' | 'catching_up' | 'reconnecting' | 'offline' | 'stopped';

export function statusOf({ phase, online, attempts, snapshots, reached }: State): Status {
  switch (phase.name) {
    case 'stopped':
      return 'stopped';
    case 'open':
      if (!online) return 'offline';
      return phase.mode.name === 'live' && snapshots === 0 ? 'live' : 'catching_up';
    case 'idle':
    case 'waiting':
    case 'opening':
      if (!online) return 'offline';
      return attempts === 0 && !reached ? 'connecting' : 'reconnecting';
  }
}

/** When to send the next `tick`; null: nothing is due. */
export function nextTick(state: State): number | null {
  const { phase, attempts, ackAt } = state;
  const due: number[] = [];
  switch (phase.name) {
    case 'idle':
    case 'stopped':
      return null;
    case 'waiting':
      due.push(phase.until);
      break;
    case 'opening':
      due.push(phase.deadline);
      break;
    case 'open':
      due.push(phase.deadAt);
      if (phase.leaveAt !== null) due.push(phase.leaveAt);
      if ('deadline' in phase.mode) due.push(phase.mode.deadline);
      if (phase.mode.name === 'live' && ackDue(state)) due.push(ackAt + phase.ackEvery);
      if (attempts > 0) due.push(phase.welcomedAt + 60_000);
  }
  return Math.min(...due);
}
