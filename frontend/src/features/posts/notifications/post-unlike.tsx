import * as z from 'zod/mini';
import { defineNotification } from '@/stream/notification.tsx';
import { count } from '../slots.ts';

/** A like was taken back, and its notification with it. */
export default defineNotification('post_unlike', {
  silent: true,
  members: z.object({ post_id: z.number(), user_ids: z.array(z.number()), likes: z.number(), version: z.number() }),
  takesBack: (n) => [{ type: 'post_like', target: `post:${n.post_id}`, users: n.user_ids }],
  apply: (cache, n) => count(cache, n.post_id, { likes: n.likes, version: n.version }),
});
