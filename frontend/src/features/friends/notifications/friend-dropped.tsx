import * as z from 'zod/mini';
import { personSchema } from '@/lib/person.ts';
import { friends } from '@/stream/members.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { removePerson } from '../slots.ts';

/** I ended a friendship, on another of my devices. */
export default defineNotification('friend_dropped', {
  silent: true,
  members: z.object({ friend: personSchema }),
  apply: (cache, n) => cache.update(friends, removePerson(n.friend.id)),
});
