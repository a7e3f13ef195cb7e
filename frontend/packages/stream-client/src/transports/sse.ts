/** Server-Sent Events read from `fetch`, which unlike `EventSource` can bring a token. One answer that never ends; what we say goes nowhere. */

import { parseCursor, parseFrame, parseText } from '../protocol.ts';
import { ANSWER_WITHIN, httpLink, Refused, welcomeOf } from './http.ts';
import type { Transport } from './transport.ts';

const HEARTBEAT = 25;
const LONGEST_EVENT = 262_144;

export const sse = (): Transport => ({
  open: (environment, base, events) => {
    let welcomed = false;
    return httpLink('sse', environment, base, events, async (turn) => {
      const start = turn.after ?? (await turn.page('', ANSWER_WITHIN)).cursor;
      const fresh = turn.after === null;
      const answer = await turn.ask(`after=${start.epoch}.${start.seq}`, 'text/event-stream', ANSWER_WITHIN);
      if (!answer.headers.get('content-type')?.startsWith('text/event-stream') || !answer.body) throw new Refused(1006);
      const decoder = environment.decoder();
      const reader = answer.body.getReader();
      let text = '';
      while (turn.current()) {
        const { done, value } = await reader.read();
        if (done) return;
        text = (text + decoder.decode(value, { stream: true })).replaceAll('\r', '');
        if (text.length > LONGEST_EVENT) throw new Refused(1009);
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const event = eventOf(block);
          if (!welcomed) {
            // Only now is it sure that no proxy holds the answer back.
            const reset = event.name === 'reset' ? parseCursor(event.frame.cursor) : null;
            turn.emit(welcomeOf(reset ?? start, !fresh && reset === null, HEARTBEAT));
            welcomed = turn.current();
          }
          turn.emit(parseFrame(event.frame));
        }
      }
    });
  },
});

function eventOf(block: string): { name: string; frame: Readonly<Record<string, unknown>> } {
  let name = '';
  let data = '';
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) name = line.slice(6).trim();
    else if (line.startsWith('data:')) data += line.slice(5);
  }
  const frame: Readonly<Record<string, unknown>> = Object(parseText(data));
  return { name, frame: name && name !== 'message' ? { ...frame, type: name } : frame };
}
