import * as z from 'zod/mini';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { addSent, removePerson, sent, suggestions } from '../slots.ts';

/** I asked somebody, on another of my devices. */
export default defineNotification('friend_request_sent', {
  silent: true,
  members: z.object({ request_id: z.number(), to_user: personSchema, created_at: z.string() }),
  apply(cache, n) {
    cache.update(sent, addSent({ id: n.request_id, to_user: n.to_user, created_at: n.created_at }));
    cache.update(suggestions, removePerson(n.to_user.id));
  },
});
