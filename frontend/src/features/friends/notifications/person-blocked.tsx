import * as z from 'zod/mini';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { addPerson, blocks, part } from '../slots.ts';

/** I blocked somebody, on another of my devices. */
export default defineNotification('person_blocked', {
  silent: true,
  members: z.object({ person: personSchema }),
  takesBack: (n) => [{ type: 'friend_request', target: `person:${n.person.id}`, users: [n.person.id] }],
  apply(cache, n) {
    part(cache, n.person.id);
    cache.update(blocks, addPerson(n.person));
  },
});
