import * as z from 'zod/mini';
import { AtIcon } from '@/components/icon.tsx';
import { Sentence } from '@/components/sentence.tsx';
import { defineNotification } from '@/stream/notification.tsx';
import { hueOf } from '../kinds.ts';
import { addComment, commentedSchema, postSchema } from '../slots.ts';

export default defineNotification('comment_reply', {
  members: z.extend(commentedSchema, { post: postSchema }),
  icon: AtIcon,
  hue: (n) => hueOf(n.post.type),
  people: (n) => [n.from_user],
  target: (n) => `post:${n.post_id}`,
  text: ({ people, count }) => <Sentence id="notification.comment_reply" people={people} count={count} />,
  detail: (n) => n.comment.content,
  link: (n) => `/posts/${n.post_id}#comment-${n.comment.id}`,
  apply: addComment,
});
