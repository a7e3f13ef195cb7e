import * as z from 'zod/mini';
import { CommentIcon } from '@/components/icon.tsx';
import { Sentence } from '@/components/sentence.tsx';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { addComment, postSchema } from '../slots.ts';

export default defineNotification('post_comment', {
  members: z.object({ post_id: z.number(), comment: postSchema, from_user: personSchema }),
  icon: CommentIcon,
  hue: 'thought',
  people: (n) => [n.from_user],
  text: (subject) => <Sentence id="notification.post_comment" {...subject} />,
  detail: (n) => n.comment.content,
  link: (n) => `/posts/${n.post_id}#comment-${n.comment.id}`,
  apply: (cache, n) => addComment(cache, n.post_id, n.comment),
});
