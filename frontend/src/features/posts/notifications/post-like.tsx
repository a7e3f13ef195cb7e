import * as z from 'zod/mini';
import { HeartIcon } from '@/components/icon.tsx';
import { Sentence } from '@/components/sentence.tsx';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { changeCopies } from '../slots.ts';

export default defineNotification('post_like', {
  members: z.object({ post_id: z.number(), from_user: personSchema, likes: z.number() }),
  icon: HeartIcon,
  hue: 'thought',
  people: (n) => [n.from_user],
  text: (subject) => <Sentence id="notification.post_like" {...subject} />,
  link: (n) => `/posts/${n.post_id}`,
  apply: (cache, n) => changeCopies(cache, n.post_id, (one) => ({ ...one, likes_count: n.likes })),
});
