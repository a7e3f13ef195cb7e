/** People as the server tells of them, the same shape wherever somebody is named. */
import * as z from 'zod/mini';

const text = z._default(z.optional(z.string()), '');
const picture = z._default(z.optional(z.nullable(z.string())), null);

export const personSchema = z.object({
  id: z.number(),
  username: z.string(),
  first_name: text,
  last_name: text,
  profile_picture: picture,
});

export type Person = z.infer<typeof personSchema>;

export const memberSchema = z.extend(personSchema, {
  email: text,
  profile: z.object({
    id: z.number(),
    bio: z._default(z.nullable(z.string()), ''),
    avatar: picture,
    location: z._default(z.nullable(z.string()), ''),
    website: z._default(z.nullable(z.string()), ''),
    created_at: z.string(),
  }),
});

export type Member = z.infer<typeof memberSchema>;

/** What friends call somebody. */
export function shortName(person: Person): string {
  return person.first_name || person.username;
}

export function fullName(person: Person): string {
  return `${person.first_name} ${person.last_name}`.trim() || person.username;
}

export function byName(a: Person, b: Person): number {
  return fullName(a).localeCompare(fullName(b));
}
