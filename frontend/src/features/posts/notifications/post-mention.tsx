import * as z from 'zod/mini';
import { AtIcon } from '@/components/icon.tsx';
import { Sentence } from '@/components/sentence.tsx';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { hueOf } from '../kinds.ts';
import { addPost, postSchema } from '../slots.ts';

export default defineNotification('post_mention', {
  members: z.object({ post: postSchema, from_user: personSchema }),
  icon: AtIcon,
  hue: (n) => hueOf(n.post.type),
  people: (n) => [n.from_user],
  target: (n) => `post:${n.post.id}`,
  text: ({ people, count }) => <Sentence id="notification.post_mention" people={people} count={count} />,
  detail: (n) => n.post.content,
  link: (n) => `/posts/${n.post.id}`,
  apply: (cache, n) => addPost(cache, n.post),
});
