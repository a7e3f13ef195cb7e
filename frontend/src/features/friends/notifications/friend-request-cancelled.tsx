import * as z from 'zod/mini';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { received, removeReceivedFrom } from '../slots.ts';

/** A request was taken back before it was answered. */
export default defineNotification('friend_request_cancelled', {
  silent: true,
  members: z.object({ from_user: personSchema }),
  takesBack: (n) => [{ type: 'friend_request', target: `person:${n.from_user.id}`, users: [n.from_user.id] }],
  apply: (cache, n) => cache.update(received, removeReceivedFrom(n.from_user.id)),
});
