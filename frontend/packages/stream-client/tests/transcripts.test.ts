import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseFrame } from '../src/protocol.ts';
import { replay, type Transcript } from './transcript.ts';

const PROTOCOL = new URL('../../../../protocol/', import.meta.url);
const read = <Kept>(folder: string): Kept[] =>
  readdirSync(new URL(folder, PROTOCOL))
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(new URL(`${folder}/${name}`, PROTOCOL), 'utf8')));

const transcripts = read<Transcript>('transcripts');
const frames = read<{ direction: string; about: string; frame: { type: string; seq?: number } }>('frames');

test('there are transcripts to replay', () => {
  expect(transcripts.length).toBeGreaterThanOrEqual(15);
  expect(frames.length).toBeGreaterThanOrEqual(18);
});

describe('the receiver keeps to every transcript', () => {
  test.each(transcripts.map((each) => [each.name, each] as const))('%s', (_, transcript) => replay(transcript));
});

describe('every golden frame of the server is understood', () => {
  test.each(
    frames.filter(({ direction }) => direction === 'server').map(({ frame }) => [`${frame.type}`, frame] as const),
  )('%s', (_, frame) => {
    const parsed = parseFrame(frame);
    if (frame.seq !== undefined) expect(parsed).toEqual({ kind: 'entry', entry: frame });
    else if (['typing', 'presence', 'post_activity'].includes(frame.type))
      expect(parsed).toEqual({ kind: 'ephemeral', frame });
    else expect(parsed.kind).toBe(frame.type);
  });
});
