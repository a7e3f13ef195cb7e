import * as z from 'zod/mini';
import { personSchema } from '@/lib/person.ts';
import { defineEcho } from '@/stream/notification.tsx';
import { feed, type Post, replies } from '../slots.ts';

/** Whoever is blocked is out of sight, with all they wrote. */
export default defineEcho('person_blocked', {
  members: z.object({ person: personSchema }),
  apply(cache, n) {
    const without = (list: Post[]): Post[] => list.filter((one) => one.author.id !== n.person.id);
    cache.updateAll(feed, without);
    cache.updateAll(replies, without);
  },
});
