import * as z from 'zod/mini';
import { CommentIcon } from '@/components/icon.tsx';
import { Sentence } from '@/components/sentence.tsx';
import { defineNotification } from '@/stream/notification.tsx';
import { hueOf } from '../kinds.ts';
import { addComment, commentedSchema, postSchema } from '../slots.ts';

export default defineNotification('post_comment', {
  members: z.extend(commentedSchema, { post: postSchema }),
  icon: CommentIcon,
  hue: (n) => hueOf(n.post.type),
  people: (n) => [n.from_user],
  target: (n) => `post:${n.post_id}`,
  text: ({ people, count }) => <Sentence id="notification.post_comment" people={people} count={count} />,
  detail: (n) => n.comment.content,
  link: (n) => `/posts/${n.post_id}#comment-${n.comment.id}`,
  apply: addComment,
});
