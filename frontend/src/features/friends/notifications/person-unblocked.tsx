import * as z from 'zod/mini';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { blocks, removePerson } from '../slots.ts';

/** I lifted a block, on another of my devices. */
export default defineNotification('person_unblocked', {
  silent: true,
  members: z.object({ person: personSchema }),
  apply: (cache, n) => cache.update(blocks, removePerson(n.person.id)),
});
