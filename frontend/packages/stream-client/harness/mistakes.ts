/**
 * The client with one line of it wrong, to show that the tests would notice: `node harness/devices.ts --mistake noDedup`.
 *
 * The source is changed as it is loaded. A line that is no longer there is an error, so that a mistake cannot quietly become none.
 */

import { registerHooks } from 'node:module';

interface Mistake {
  readonly file: string;
  readonly line: string;
  readonly wrong: string;
}

const MISTAKES: Readonly<Record<string, Mistake>> = {
  noDedup: {
    file: 'receiver.ts',
    line: 'given.seq !== place.received + 1 ||',
    wrong: 'given.seq > place.received + 1 ||',
  },
  noGapCheck: {
    file: 'receiver.ts',
    line: 'given.seq !== place.received + 1 ||',
    wrong: 'given.seq < place.received + 1 ||',
  },
  pingWithoutHead: {
    file: 'receiver.ts',
    line: 'turn.head = Math.max(turn.head, frame.head);',
    wrong: '',
  },
  epochIgnored: {
    file: 'receiver.ts',
    line: 'turn.place = { epoch, received: seq,',
    wrong: 'turn.place = { epoch: turn.place?.epoch ?? epoch, received: seq,',
  },
  repairsForEver: { file: 'receiver.ts', line: 'failures < 2', wrong: 'failures < 9' },
  resetWithoutSnapshot: {
    file: 'receiver.ts',
    line: "turn.effects.push({ do: 'snapshot', cursor, reason });",
    wrong: "if (reason === 'fresh') turn.effects.push({ do: 'snapshot', cursor, reason });",
  },
  ackBeforeApply: {
    file: 'receiver.ts',
    line: 'turn.place = { ...place, received: given.seq };',
    wrong: 'turn.place = { ...place, received: given.seq, applied: given.seq };',
  },
  ackBeforeStore: {
    file: 'client.ts',
    line: '() => state.place && cursors?.save(formatCursor(job.cursor)),',
    wrong: '() => void (state.place && cursors?.save(formatCursor(job.cursor))),',
  },
  cursorFirst: {
    file: 'client.ts',
    line: "() => (job.do === 'apply' && !snapshot ?",
    wrong: "() => (cursors?.save(cursor), job.do === 'apply' && !snapshot ?",
  },
  applyDuringSnapshot: {
    file: 'client.ts',
    line: 'busy = true;',
    wrong: "busy = job.do === 'apply';",
  },
  failedIsApplied: {
    file: 'client.ts',
    line: 'cancelRetry = () => {',
    wrong: 'finish(job); cancelRetry = () => {',
  },
};

export function make(name: string): void {
  const mistake = MISTAKES[name];
  if (!mistake) throw new Error(`No mistake "${name}"; there are ${Object.keys(MISTAKES).join(', ')}`);
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith(`/src/${mistake.file}`)) return loaded;
      const source = Buffer.from(loaded.source as Uint8Array).toString();
      if (source.split(mistake.line).length !== 2)
        throw new Error(`${mistake.file} does not say once: ${mistake.line}`);
      return { ...loaded, source: source.replace(mistake.line, () => mistake.wrong) };
    },
  });
}
