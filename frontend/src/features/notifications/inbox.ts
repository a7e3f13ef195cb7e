/** The inbox as the server groups it, and how one more thing changes it. */
import * as z from 'zod/mini';
import { type Person, personSchema } from '@/lib/person.ts';
import { slot } from '@/stream/slot.ts';

const rowSchema = z.object({
  id: z.number(),
  type: z.string(),
  text: z.string(),
  link: z.string(),
  actors: z.array(personSchema),
  count: z.number(),
  at: z.string(),
  seen: z.boolean(),
  read: z.boolean(),
});

const inboxSchema = z.object({
  unread: z.number(),
  cursor: z.nullable(z.string()),
  results: z.array(rowSchema),
});

export type InboxRow = z.infer<typeof rowSchema>;
export type Inbox = z.infer<typeof inboxSchema>;

export const inbox = slot('inbox', '/api/notifications/', inboxSchema);

export function unseen(value: Inbox | undefined): number {
  return value?.results.filter((row) => !row.seen).length ?? 0;
}

function count(value: Inbox): Inbox {
  return { ...value, unread: value.results.filter((row) => !row.read).length };
}

export const markSeen = (value: Inbox): Inbox =>
  value.results.every((row) => row.seen)
    ? value
    : { ...value, results: value.results.map((row) => ({ ...row, seen: true })) };

export const markRead =
  (ids: ReadonlySet<number>) =>
  (value: Inbox): Inbox =>
    count({
      ...value,
      results: value.results.map((row) => (ids.has(row.id) ? { ...row, seen: true, read: true } : row)),
    });

export const markAllRead = (value: Inbox): Inbox =>
  count({ ...value, results: value.results.map((row) => ({ ...row, seen: true, read: true })) });

interface Arrival {
  entry: { seq: number; type: string; text?: string | undefined; link?: string | undefined };
  news: { people: readonly Person[]; link: string };
  at: string;
}

/** One more thing: it joins the unread row about the same target, or begins a row of its own. */
const add =
  ({ entry, news, at }: Arrival) =>
  (value: Inbox): Inbox => {
    const link = entry.link ?? news.link;
    const same = value.results.find((row) => row.type === entry.type && row.link === link && !row.read);
    const people = news.people.filter((person) => !same?.actors.some((actor) => actor.id === person.id));
    const row: InboxRow = {
      id: entry.seq,
      type: entry.type,
      text: entry.text ?? '',
      link,
      actors: [
        ...news.people,
        ...(same?.actors.filter((actor) => !news.people.some((one) => one.id === actor.id)) ?? []),
      ],
      count: (same?.count ?? 0) + people.length,
      at,
      seen: false,
      read: false,
    };
    return count({ ...value, results: [row, ...value.results.filter((other) => other !== same)] });
  };

export const foldIntoInbox = { slot: inbox, add };
