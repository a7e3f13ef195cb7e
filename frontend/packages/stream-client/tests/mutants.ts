/** Receivers with one fault each, to show that the tests would notice. */

import { step } from '../src/receiver.ts';
import type { StepFunction } from './lossy-world.ts';

/** Applies whatever comes below its place again. */
const noDedup: StepFunction = (state, input) => {
  const [after, effects] = step(state, input);
  const { place, phase } = state;
  const again =
    input.on === 'frame' &&
    input.frame.kind === 'entry' &&
    place &&
    phase.name === 'open' &&
    phase.mode.name !== 'resetting';
  if (!again || input.frame.entry.seq > place.received) return [after, effects];
  const { entry } = input.frame;
  return [after, [...effects, { do: 'apply', entry, cursor: { epoch: place.epoch, seq: entry.seq } }]];
};

/** Trusts the payload: an entry from the future is taken for the next one. */
const noGapCheck: StepFunction = (state, input) => {
  const { place } = state;
  const ahead =
    input.on === 'frame' && input.frame.kind === 'entry' && place && input.frame.entry.seq > place.received + 1;
  if (!ahead) return step(state, input);
  return step({ ...state, place: { ...place, received: input.frame.entry.seq - 1 } }, input);
};

/** Acknowledges what it has received, not what is applied. */
const ackBeforeApply: StepFunction = (state, input) => {
  const [after, effects] = step(state, input);
  const link = after.phase.name === 'open' ? after.phase.link : 0;
  const acks = effects.flatMap((effect) =>
    effect.do === 'apply'
      ? [{ do: 'send' as const, link, frame: { type: 'ack' as const, seq: effect.entry.seq } }]
      : [],
  );
  return [after, [...effects, ...acks]];
};

/** Believes that no news is good news: the head in a ping is ignored. */
const noTailCheck: StepFunction = (state, input) =>
  input.on === 'frame' && input.frame.kind === 'ping'
    ? step(state, { ...input, frame: { kind: 'ping', head: 0 } })
    : step(state, input);

/** Takes numbers for places, whatever their epoch. */
const noEpoch: StepFunction = (state, input) => {
  const { place } = state;
  const other =
    input.on === 'frame' && input.frame.kind === 'welcome' && place && input.frame.cursor.epoch !== place.epoch;
  return other
    ? step(
        { ...state, place: { ...place, epoch: input.frame.cursor.epoch } },
        { ...input, frame: { ...input.frame, resumed: true } },
      )
    : step(state, input);
};

export const mutants: Readonly<Record<string, StepFunction>> = {
  noDedup,
  noGapCheck,
  ackBeforeApply,
  noTailCheck,
  noEpoch,
};
