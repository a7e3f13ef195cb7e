import * as z from 'zod/mini';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { removeSentTo, sent } from '../slots.ts';

/** I took a request back, on another of my devices. */
export default defineNotification('friend_request_withdrawn', {
  silent: true,
  members: z.object({ to_user: personSchema }),
  apply: (cache, n) => cache.update(sent, removeSentTo(n.to_user.id)),
});
