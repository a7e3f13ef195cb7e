import * as z from 'zod/mini';
import { ThoughtIcon } from '@/components/icon.tsx';
import { Sentence } from '@/components/sentence.tsx';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { hueOf } from '../kinds.ts';
import { addPost, postSchema } from '../slots.ts';

export default defineNotification('new_post', {
  members: z.object({ post: postSchema, from_user: personSchema }),
  icon: ThoughtIcon,
  hue: (n) => hueOf(n.post.type),
  people: (n) => [n.from_user],
  target: (n) => `post:${n.post.id}`,
  text: ({ people, count }) => <Sentence id="notification.new_post" people={people} count={count} />,
  detail: (n) => n.post.content,
  link: (n) => `/posts/${n.post.id}`,
  apply: (cache, n) => addPost(cache, n.post),
  // The feed says it with its pill.
  toast: false,
  inbox: false,
});
