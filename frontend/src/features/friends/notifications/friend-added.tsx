import * as z from 'zod/mini';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { join } from '../slots.ts';

/** I accepted, on another of my devices. */
export default defineNotification('friend_added', {
  silent: true,
  members: z.object({ friend: personSchema }),
  settles: (n) => ({ type: 'friend_request', target: `person:${n.friend.id}` }),
  apply: (cache, n) => join(cache, n.friend),
});
