import * as z from 'zod/mini';
import { HeartIcon } from '@/components/icon.tsx';
import { Sentence } from '@/components/sentence.tsx';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { count } from '../slots.ts';

export default defineNotification('post_like', {
  members: z.object({
    post_id: z.number(),
    /** Of a comment: the post it stands under. */
    root: z._default(z.optional(z.nullable(z.number())), null),
    from_user: personSchema,
    people: z.array(personSchema),
    more: z._default(z.optional(z.number()), 0),
    likes: z.number(),
    version: z.number(),
  }),
  icon: HeartIcon,
  hue: 'thought',
  people: (n) => n.people,
  count: (n) => n.people.length + n.more,
  target: (n) => `post:${n.post_id}`,
  text: ({ people, count: all, link }) => (
    <Sentence
      id={link.includes('#') ? 'notification.comment_like' : 'notification.post_like'}
      people={people}
      count={all}
    />
  ),
  link: (n) => (n.root === null ? `/posts/${n.post_id}` : `/posts/${n.root}#comment-${n.post_id}`),
  apply: (cache, n) => count(cache, n.post_id, { likes: n.likes, version: n.version }),
});
