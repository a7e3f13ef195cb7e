import * as z from 'zod/mini';
import { defineNotification } from '@/stream/notification.tsx';
import { conversations, deliveredIn, deliveredTo, thread } from '../slots.ts';

/** What I wrote is on a device of theirs. */
export default defineNotification('messages_delivered', {
  silent: true,
  members: z.object({ by: z.number(), with: z.number(), up_to: z.number() }),
  apply(cache, n) {
    cache.update(thread(n.by), deliveredIn(n.up_to, cache.me));
    cache.update(conversations, deliveredTo(n.by, n.up_to, cache.me));
  },
});
