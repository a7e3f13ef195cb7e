import * as z from 'zod/mini';
import { AtIcon } from '@/components/icon.tsx';
import { Sentence } from '@/components/sentence.tsx';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { addComment, postSchema } from '../slots.ts';

export default defineNotification('comment_reply', {
  members: z.object({ post_id: z.number(), comment: postSchema, from_user: personSchema }),
  icon: AtIcon,
  hue: 'thought',
  people: (n) => [n.from_user],
  text: (subject) => <Sentence id="notification.comment_reply" {...subject} />,
  detail: (n) => n.comment.content,
  link: (n) => `/posts/${n.post_id}#comment-${n.comment.id}`,
  apply: (cache, n) => addComment(cache, n.post_id, n.comment),
});
