/**
 * The inbox is a fold over the stream, on the server and here alike, and both must come to the same rows:
 *
 * - an entry joins the newest row of its type and target that is not read; else it begins one
 * - people stand latest first, ten by name; somebody named already is counted once
 * - a row quotes what its latest entry quotes
 * - somebody taken back leaves the newest row that names them, or that has people it does not name; nobody left, no row;
 *   when what they wrote is gone too and theirs was the latest, the row quotes nothing
 * - an entry that is not above a row's `seq` has been counted
 */
import * as z from 'zod/mini';
import { type Person, personSchema } from '@/lib/person.ts';
import { slot } from './slot.ts';

const rowSchema = z.object({
  /** The number of the row's first entry: its name for as long as it lives. */
  id: z.number(),
  /** The number of its latest entry: its place. */
  seq: z.number(),
  type: z.string(),
  target: z.string(),
  text: z.string(),
  link: z.string(),
  /** What it quotes, on one line. */
  excerpt: z._default(z.optional(z.string()), ''),
  actors: z.array(personSchema),
  count: z.number(),
  at: z.string(),
  seen: z.boolean(),
  read: z.boolean(),
});

const inboxSchema = z.object({ unread: z.number(), unseen: z.number(), results: z.array(rowSchema) });

export type InboxRow = z.infer<typeof rowSchema>;
export type Inbox = z.infer<typeof inboxSchema>;

export const inbox = slot('inbox', '/api/notifications/', inboxSchema);

export interface TakenBack {
  type: string;
  target: string;
  users: readonly number[];
  /** What the row quotes was theirs and goes with them. */
  words?: boolean;
}

export interface Settled {
  type: string;
  target: string;
}

/** What an entry does to the inbox. */
export interface InboxEffect {
  takesBack: readonly TakenBack[];
  settles: Settled | null;
  joins: Arrival | null;
}

export interface Arrival {
  seq: number;
  at: string;
  type: string;
  target: string;
  people: readonly Person[];
  count: number;
  /** The whole sentence, as the server words it. */
  text: string;
  link: string;
  excerpt: string;
}

const mostActors = 10;

export function foldInto(value: Inbox, effect: InboxEffect): Inbox {
  let next = value;
  for (const back of effect.takesBack) {
    for (const user of back.users) next = takeBack(next, back, user);
  }
  if (effect.settles) next = settle(next, effect.settles);
  return effect.joins ? join(next, effect.joins) : next;
}

export const markSeen = (value: Inbox): Inbox => ({
  ...value,
  unseen: 0,
  results: value.results.map((row) => ({ ...row, seen: true })),
});

export const markRows =
  (chosen: (row: InboxRow) => boolean, read: boolean) =>
  (value: Inbox): Inbox =>
    value.results
      .filter(chosen)
      .reduce((next, row) => exchange(next, row, { ...row, seen: row.seen || read, read }), value);

export const dropRows =
  (chosen: (row: InboxRow) => boolean) =>
  (value: Inbox): Inbox =>
    value.results.filter(chosen).reduce((next, row) => exchange(next, row, null), value);

/** One row for another; the counts follow from the difference. */
function exchange(value: Inbox, old: InboxRow | null, row: InboxRow | null): Inbox {
  const by = (has: (one: InboxRow) => boolean) => Number(row !== null && has(row)) - Number(old !== null && has(old));
  const rest = value.results.filter((other) => other !== old);
  return {
    unread: value.unread + by((one) => !one.read),
    unseen: value.unseen + by((one) => !one.read && !one.seen),
    results: row === null ? rest : [...rest, row].sort((a, b) => b.seq - a.seq),
  };
}

function about(value: Inbox, { type, target }: Settled): InboxRow[] {
  return value.results.filter((row) => row.type === type && row.target === target);
}

function takeBack(value: Inbox, back: TakenBack, user: number): Inbox {
  const named = (row: InboxRow) => row.actors.some((actor) => actor.id === user) || row.count > row.actors.length;
  const row = about(value, back).find(named);
  if (!row) return value;
  if (row.count <= 1) return exchange(value, row, null);
  const actors = row.actors.filter((actor) => actor.id !== user);
  return exchange(value, row, {
    ...row,
    actors,
    excerpt: back.words && row.actors[0]?.id === user ? '' : row.excerpt,
    count: row.count - 1,
    text: who(actors, row.count - 1) + deed(row.text, row.actors, row.count),
  });
}

function settle(value: Inbox, settled: Settled): Inbox {
  return about(value, settled).reduce((next, row) => exchange(next, row, { ...row, seen: true, read: true }), value);
}

function join(value: Inbox, arrival: Arrival): Inbox {
  const rows = about(value, arrival);
  if (rows.some((row) => row.seq >= arrival.seq)) return value;
  const old = rows.find((row) => !row.read) ?? null;
  const isNew = (actor: Person) => !arrival.people.some((person) => person.id === actor.id);
  const before = old?.actors ?? [];
  const actors = [...arrival.people, ...before.filter(isNew)].slice(0, mostActors);
  const counted = before.filter((actor) => !isNew(actor)).length;
  const count = (old?.count ?? 0) + arrival.count - counted;
  return exchange(value, old, {
    id: old?.id ?? arrival.seq,
    seq: arrival.seq,
    type: arrival.type,
    target: arrival.target,
    text: who(actors, count) + deed(arrival.text, arrival.people, arrival.count),
    link: arrival.link,
    excerpt: arrival.excerpt,
    actors,
    count,
    at: arrival.at,
    seen: false,
    read: false,
  });
}

/** The people at the head of the server's sentence. Ours is put together by <Sentence>; this one is for what knows no type. */
function who(actors: readonly Person[], count: number): string {
  const [first, second] = actors;
  if (!first) return 'Somebody';
  if (count <= 1) return first.username;
  if (count === 2 && second) return `${first.username} and ${second.username}`;
  return `${first.username} and ${count - 1} other${count > 2 ? 's' : ''}`;
}

function deed(text: string, actors: readonly Person[], count: number): string {
  const head = who(actors, count);
  return text.startsWith(head) ? text.slice(head.length) : text;
}
