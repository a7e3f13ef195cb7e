import { expect, test } from 'vitest';
import type { Person } from '@/lib/person.ts';
import { type Arrival, foldInto, type Inbox } from './inbox.ts';

const person = (id: number, username: string): Person => ({
  id,
  username,
  first_name: '',
  last_name: '',
  profile_picture: null,
});
const maria = person(1, 'maria');
const kenji = person(2, 'kenji');
const empty: Inbox = { unread: 0, unseen: 0, results: [] };

function like(seq: number, who: Person, target = 'post:12'): Arrival {
  return {
    seq,
    at: '2026-11-23T06:20:01Z',
    type: 'post_like',
    target,
    people: [who],
    count: 1,
    text: `${who.username} liked your post`,
    link: '/posts/12',
    excerpt: 'First snow.',
  };
}

const fold = (value: Inbox, joins: Arrival) => foldInto(value, { takesBack: [], settles: null, joins });
const back = (value: Inbox, user: number) =>
  foldInto(value, { takesBack: [{ type: 'post_like', target: 'post:12', users: [user] }], settles: null, joins: null });

test('likes of one post are one row, the latest person first', () => {
  const [row, ...others] = fold(fold(empty, like(6, maria)), like(7, kenji)).results;
  expect(others).toEqual([]);
  expect(row).toMatchObject({
    id: 6,
    seq: 7,
    count: 2,
    text: 'kenji and maria liked your post',
    actors: [kenji, maria],
  });
});

test('an entry never counts twice', () => {
  const once = fold(empty, like(6, maria));
  expect(fold(once, like(6, maria))).toEqual(once);
});

test('a person who likes again is counted once', () => {
  expect(fold(fold(empty, like(6, maria)), like(8, maria)).results[0]).toMatchObject({ count: 1, seq: 8 });
});

test('a row that was read is left alone, and a new one begins', () => {
  const read: Inbox = { ...fold(empty, like(6, maria)), unread: 0, unseen: 0 };
  const value = fold(
    { ...read, results: read.results.map((row) => ({ ...row, seen: true, read: true })) },
    like(9, kenji),
  );
  expect(value.results.map((row) => row.id)).toEqual([9, 6]);
  expect(value).toMatchObject({ unread: 1, unseen: 1 });
});

test('a like taken back leaves the row, and the last one takes the row along', () => {
  const both = fold(fold(empty, like(6, maria)), like(7, kenji));
  const one = back(both, maria.id);
  expect(one.results[0]).toMatchObject({ count: 1, actors: [kenji], text: 'kenji liked your post' });
  expect(back(one, kenji.id)).toEqual(empty);
});

test('what was answered elsewhere is read here', () => {
  const value = fold(empty, { ...like(6, maria), type: 'friend_request', target: 'person:1' });
  const settled = foldInto(value, {
    takesBack: [],
    settles: { type: 'friend_request', target: 'person:1' },
    joins: null,
  });
  expect(settled).toMatchObject({ unread: 0, unseen: 0, results: [{ seen: true, read: true }] });
});

test('a row quotes its latest entry, and nothing once what it quoted is gone', () => {
  const value = fold(fold(empty, like(6, maria)), { ...like(7, kenji), excerpt: 'Second snow.' });
  expect(value.results[0]?.excerpt).toBe('Second snow.');
  expect(back(value, kenji.id).results[0]?.excerpt).toBe('Second snow.');
  const gone = { type: 'post_like', target: 'post:12', users: [kenji.id], words: true };
  expect(foldInto(value, { takesBack: [gone], settles: null, joins: null }).results[0]?.excerpt).toBe('');
});
