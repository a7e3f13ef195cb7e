/** People whom several rooms need: the friends, anybody by username, anybody by a few letters. */
import * as z from 'zod/mini';
import { personSchema } from '@/lib/person.ts';
import { family, slot } from './slot.ts';

const friendSchema = z.extend(personSchema, { online: z._default(z.optional(z.boolean()), false) });

export type Friend = z.infer<typeof friendSchema>;

export const friends = slot('friends', '/api/friends/', z.array(friendSchema));

export const peopleFound = family(
  'people-found',
  (words: string) => `/api/auth/search/?q=${encodeURIComponent(words)}`,
  z.array(personSchema),
);

const pageSchema = z.extend(personSchema, {
  profile: z.optional(
    z.object({
      id: z.number(),
      bio: z._default(z.nullable(z.string()), ''),
      location: z._default(z.nullable(z.string()), ''),
      website: z._default(z.nullable(z.string()), ''),
      created_at: z.string(),
    }),
  ),
});

export type MemberPage = z.infer<typeof pageSchema>;

/** The address of their page and of the conversation with them. */
export const member = family(
  'member',
  (username: string) => `/api/auth/users/${encodeURIComponent(username)}/`,
  pageSchema,
);
