import * as z from 'zod/mini';
import { defineNotification } from '@/stream/notification.tsx';
import { changeCopies, postSchema } from '../slots.ts';

/** A post reads differently now. Whether its reader likes it stays as it was. */
export default defineNotification('post_edited', {
  silent: true,
  members: z.object({ post: postSchema }),
  apply: (cache, n) => changeCopies(cache, n.post.id, (one) => ({ ...n.post, is_liked: one.is_liked })),
});
