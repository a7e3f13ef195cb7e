import * as z from 'zod/mini';
import { personSchema } from '@/lib/person.ts';
import { friends } from '@/stream/members.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { removePerson } from '../slots.ts';

/** Somebody ended the friendship. Nobody is told; the list is right. */
export default defineNotification('friend_removed', {
  silent: true,
  members: z.object({ from_user: personSchema }),
  apply: (cache, n) => cache.update(friends, removePerson(n.from_user.id)),
});
