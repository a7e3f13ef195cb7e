import * as z from 'zod/mini';
import { ChatIcon } from '@/components/icon.tsx';
import { Sentence } from '@/components/sentence.tsx';
import { defineNotification } from '@/stream/notification.tsx';
import { ReplyLink } from '../reply-link.tsx';
import { addMessages, conversations, messageSchema, newestMessage, otherIn, thread } from '../slots.ts';

export default defineNotification('new_message', {
  members: z.object({ message: messageSchema }),
  icon: ChatIcon,
  hue: 'message',
  people: (n) => [n.message.sender],
  text: ({ people, count }) => <Sentence id="notification.new_message" people={people} count={count} />,
  detail: (n) => n.message.content,
  link: (n) => `/messages/${n.message.sender.username}`,
  inbox: false,
  apply(cache, n) {
    // What has come to me is delivered by that; of what I wrote, `messages_delivered` tells.
    const message = { ...n.message, is_delivered: n.message.sender.id !== cache.me };
    cache.update(thread(otherIn(message, cache.me).id), addMessages([message]));
    cache.update(conversations, newestMessage(message, cache.me));
  },
  Actions: ReplyLink,
});
