import * as z from 'zod/mini';
import { defineNotification } from '@/stream/notification.tsx';
import { conversations, readConversation, readIn, thread } from '../slots.ts';

/** Somebody read what I wrote; or I did, on another of my devices. */
export default defineNotification('messages_read', {
  silent: true,
  members: z.object({ by: z.number(), with: z.number(), up_to: z.number(), unread: z.number() }),
  apply(cache, n) {
    const other = n.by === cache.me ? n.with : n.by;
    cache.update(thread(other), readIn(n.by, n.up_to));
    cache.update(conversations, readConversation({ reader: n.by, other, upTo: n.up_to, left: n.unread, me: cache.me }));
  },
});
