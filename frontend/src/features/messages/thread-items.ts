/** A conversation as it is shown: days, the line above what is new, bubbles in groups, and what becomes of mine. */
import { daysBetween } from '@/lib/time.ts';
import type { Outgoing } from '@/stream/outbox.ts';
import type { Message } from './slots.ts';

export type Status = 'sending' | 'waiting' | 'failed' | 'sent' | 'delivered' | 'read';

export type Item =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'unread'; key: string; count: number }
  | {
      kind: 'bubble';
      key: string;
      text: string;
      at: string;
      mine: boolean;
      gap: boolean;
      status: Status | null;
      outgoing: Outgoing | null;
    };

interface Thread {
  messages: readonly Message[];
  outgoing: readonly Outgoing[];
  me: number;
  /** The first message that was new when the conversation was opened. */
  unreadFrom: number | null;
  /** The beginning is here. Before it is, nobody knows whether the first message is the first of its day. */
  complete: boolean;
}

/** Within five minutes, what one person says belongs together. */
const together = 5 * 60_000;

interface Line {
  key: string;
  id: number | null;
  text: string;
  at: string;
  mine: boolean;
  status: Status | null;
  outgoing: Outgoing | null;
}

export function statusOf(message: Message): 'sent' | 'delivered' | 'read' {
  if (message.is_read) return 'read';
  return message.is_delivered ? 'delivered' : 'sent';
}

function lines({ messages, outgoing, me }: Thread): Line[] {
  const arrived = new Set(messages.map((message) => message.client_id).filter((id) => id !== null));
  return [
    ...messages.map((message): Line => {
      const mine = message.sender.id === me;
      return {
        // The name of one's own message does not change when it arrives, so its bubble stays where it is.
        key: message.client_id && mine ? message.client_id : `message-${message.id}`,
        id: message.id,
        text: message.content,
        at: message.created_at,
        mine,
        status: mine ? statusOf(message) : null,
        outgoing: null,
      };
    }),
    ...outgoing
      .filter((one) => !arrived.has(one.client_id))
      .map(
        (one): Line => ({
          key: one.client_id,
          id: null,
          text: one.content,
          at: one.created_at,
          mine: true,
          status: one.state,
          outgoing: one,
        }),
      ),
  ];
}

export function threadItems(thread: Thread): Item[] {
  const all = lines(thread);
  const lastMine = all.findLastIndex((line) => line.mine && line.outgoing === null);
  const items: Item[] = [];
  for (const [index, line] of all.entries()) {
    const before = all[index - 1];
    const at = Date.parse(line.at);
    const newDay = before ? daysBetween(Date.parse(before.at), at) !== 0 : thread.complete;
    if (newDay) items.push({ kind: 'day', key: `day-${line.key}`, at: line.at });
    const newHere = line.id !== null && line.id === thread.unreadFrom;
    if (newHere)
      items.push({ kind: 'unread', key: 'unread', count: all.slice(index).filter((one) => !one.mine).length });
    const gap =
      before !== undefined &&
      !newDay &&
      !newHere &&
      (before.mine !== line.mine || at - Date.parse(before.at) > together);
    const shown = line.outgoing !== null || index === lastMine;
    items.push({
      kind: 'bubble',
      key: line.key,
      text: line.text,
      at: line.at,
      mine: line.mine,
      gap,
      status: shown ? line.status : null,
      outgoing: line.outgoing,
    });
  }
  return items;
}
