import * as z from 'zod/mini';
import { defineNotification } from '@/stream/notification.tsx';
import { changeCopies, count } from '../slots.ts';

/** I liked something, or no longer do, on another of my devices. */
export default defineNotification('like_changed', {
  silent: true,
  members: z.object({ post_id: z.number(), liked: z.boolean(), likes: z.number(), version: z.number() }),
  apply(cache, n) {
    changeCopies(cache, n.post_id, (one) => (n.version < one.version ? one : { ...one, is_liked: n.liked }));
    count(cache, n.post_id, { likes: n.likes, version: n.version });
  },
});
