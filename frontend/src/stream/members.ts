/** Anybody by username: the address of their page and of the conversation with them. */
import * as z from 'zod/mini';
import { personSchema } from '@/lib/person.ts';
import { family } from './slot.ts';

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

export const member = family(
  'member',
  (username: string) => `/api/auth/users/${encodeURIComponent(username)}/`,
  pageSchema,
);
