import * as z from 'zod/mini';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { received, removeReceivedFrom } from '../slots.ts';

/** I declined, on another of my devices. */
export default defineNotification('friend_request_declined', {
  silent: true,
  members: z.object({ from_user: personSchema }),
  settles: (n) => ({ type: 'friend_request', target: `person:${n.from_user.id}` }),
  apply: (cache, n) => cache.update(received, removeReceivedFrom(n.from_user.id)),
});
