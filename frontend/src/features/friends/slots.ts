/** What the friends page knows, and the pure changes to it. Every list has the latest first. */
import * as z from 'zod/mini';
import { type Person, personSchema } from '@/lib/person.ts';
import type { Cache } from '@/stream/cache.ts';
import { type Friend, friends } from '@/stream/members.ts';
import { slot } from '@/stream/slot.ts';

const receivedSchema = z.object({ id: z.number(), from_user: personSchema, created_at: z.string() });
const sentSchema = z.object({ id: z.number(), to_user: personSchema, created_at: z.string() });

const suggestionSchema = z.extend(personSchema, { mutual_friends: z._default(z.optional(z.number()), 0) });

export type ReceivedRequest = z.infer<typeof receivedSchema>;
export type SentRequest = z.infer<typeof sentSchema>;

export const received = slot('requests', '/api/friends/requests/', z.array(receivedSchema));
export const sent = slot('requests-sent', '/api/friends/requests/sent/', z.array(sentSchema));
export const suggestions = slot('suggestions', '/api/friends/suggestions/', z.array(suggestionSchema));

export const blocks = slot('blocks', '/api/auth/blocks/', z.array(personSchema));

export const addPerson =
  (person: Person) =>
  (list: Person[]): Person[] => [person, ...list.filter((other) => other.id !== person.id)];

export const addFriend =
  (person: Person) =>
  (list: Friend[]): Friend[] =>
    list.some((friend) => friend.id === person.id) ? list : [{ ...person, online: false }, ...list];

export const removePerson =
  (id: number) =>
  <P extends Person>(list: P[]): P[] =>
    list.filter((person) => person.id !== id);

export const addReceived =
  (request: ReceivedRequest) =>
  (list: ReceivedRequest[]): ReceivedRequest[] => [request, ...list.filter((other) => other.id !== request.id)];

export const removeReceivedFrom =
  (user: number) =>
  (list: ReceivedRequest[]): ReceivedRequest[] =>
    list.filter((request) => request.from_user.id !== user);

export const addSent =
  (request: SentRequest) =>
  (list: SentRequest[]): SentRequest[] => [request, ...list.filter((other) => other.to_user.id !== request.to_user.id)];

export const removeSentTo =
  (user: number) =>
  (list: SentRequest[]): SentRequest[] =>
    list.filter((request) => request.to_user.id !== user);

/** Nothing is between two people any more. */
export function part(cache: Cache, id: number): void {
  cache.update(friends, removePerson(id));
  cache.update(received, removeReceivedFrom(id));
  cache.update(sent, removeSentTo(id));
  cache.update(suggestions, removePerson(id));
}

/** Two people are friends: whatever led to it is done with. Whether they are here, presence tells. */
export function join(cache: Cache, person: Person): void {
  part(cache, person.id);
  cache.update(friends, addFriend(person));
}
