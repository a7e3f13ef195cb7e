/** One conversation: its messages, older ones on demand, and reading as a consequence of looking. */
import { useEffect, useRef, useState } from 'react';
import * as z from 'zod/mini';
import { nothing } from '@/lib/api.ts';
import type { Person } from '@/lib/person.ts';
import { useStore } from '@/lib/store.ts';
import { useClient, useSlot } from '@/stream/client-context.ts';
import { addMessages, conversations, messageSchema, readConversation, readIn, thread } from './slots.ts';
import { type Item, threadItems } from './thread-items.ts';

const page = 100;
const pageSchema = z.array(messageSchema);

export interface ThreadState {
  state: 'pending' | 'failed' | 'there';
  items: Item[];
  /** Null when the beginning is on screen. */
  older: (() => void) | null;
  again: () => void;
}

export function useThread(person: Person): ThreadState {
  const { api, cache, me, outbox } = useClient();
  const slot = thread(person.id);
  const query = useSlot(slot);
  const outgoing = useStore(outbox).filter((one) => one.to.id === person.id);
  const messages = query.data ?? [];
  const [unreadFrom, setUnreadFrom] = useState<number | null | undefined>(undefined);
  const [complete, setComplete] = useState(false);
  const loading = useRef(false);

  if (unreadFrom === undefined && query.data) {
    setUnreadFrom(query.data.find((message) => message.sender.id === person.id && !message.is_read)?.id ?? null);
  }

  const newest = messages.at(-1)?.id ?? 0;
  const unread = messages.some((message) => message.sender.id === person.id && !message.is_read);
  const visible = useVisible();
  useEffect(() => {
    if (!unread || !visible) return;
    api.send('POST', `/api/messages/conversation/${person.id}/read/`, { up_to: newest }, nothing).then(
      () => {
        cache.write(thread(person.id), readIn(me.id, newest));
        cache.write(
          conversations,
          readConversation({ reader: me.id, other: person.id, upTo: newest, left: 0, me: me.id }),
        );
      },
      // Unread stays unread, here and on the badge; the next look tries again.
      () => undefined,
    );
  }, [api, cache, me.id, person.id, newest, unread, visible]);

  async function load(): Promise<void> {
    const oldest = messages[0];
    if (!oldest || loading.current) return;
    loading.current = true;
    try {
      const { value } = await api.get(`${slot.path}?before=${oldest.id}`, pageSchema.parse);
      if (value.length < page) setComplete(true);
      cache.write(slot, addMessages(value));
    } finally {
      loading.current = false;
    }
  }

  const older = complete || messages.length < page ? null : () => void load();

  return {
    state: query.isPending ? 'pending' : query.isError ? 'failed' : 'there',
    items: threadItems({ messages, outgoing, me: me.id, unreadFrom: unreadFrom ?? null, complete: older === null }),
    older,
    again: () => void query.refetch(),
  };
}

function useVisible(): boolean {
  const [visible, setVisible] = useState(document.visibilityState === 'visible');
  useEffect(() => {
    const change = () => setVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', change);
    return () => document.removeEventListener('visibilitychange', change);
  }, []);
  return visible;
}
