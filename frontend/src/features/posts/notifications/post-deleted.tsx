import * as z from 'zod/mini';
import { defineNotification } from '@/stream/notification.tsx';
import { changeCopies, count, removePost } from '../slots.ts';

const id = z._default(z.optional(z.nullable(z.number())), null);

/** Something I was told of is gone, and what I was told with it. */
export default defineNotification('post_deleted', {
  silent: true,
  members: z.object({
    post_id: z.number(),
    author_id: z.number(),
    parent: id,
    comments: id,
    version: id,
    answered: id,
    replies: id,
    last_word: z._default(z.optional(z.boolean()), true),
  }),
  takesBack(n) {
    if (n.parent !== null && !n.last_word) return [];
    const types = n.parent === null ? ['wall_post', 'post_mention'] : ['post_comment', 'comment_reply'];
    const target = `post:${n.parent ?? n.post_id}`;
    return types.map((type) => ({ type, target, users: [n.author_id], words: true }));
  },
  apply(cache, n) {
    const { parent, comments, version, answered, replies } = n;
    removePost(cache, n.post_id);
    if (parent !== null && comments !== null && version !== null) count(cache, parent, { comments, version });
    if (answered !== null && replies !== null)
      changeCopies(cache, answered, (one) => ({ ...one, reply_count: replies }));
  },
});
