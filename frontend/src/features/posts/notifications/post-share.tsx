import * as z from 'zod/mini';
import { ShareIcon } from '@/components/icon.tsx';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { count } from '../slots.ts';

export default defineNotification('post_share', {
  members: z.object({
    post_id: z.number(),
    /** Of a comment: the post it stands under. */
    root: z._default(z.optional(z.nullable(z.number())), null),
    from_user: personSchema,
    shares: z.number(),
    version: z.number(),
  }),
  icon: ShareIcon,
  hue: 'thought',
  people: (n) => [n.from_user],
  target: (n) => `post:${n.post_id}`,
  words: { sentence: '{{who}} shared your post', wish: 'Shares' },
  link: (n) => (n.root === null ? `/posts/${n.post_id}` : `/posts/${n.root}#comment-${n.post_id}`),
  apply: (cache, n) => count(cache, n.post_id, { shares: n.shares, version: n.version }),
});
