import { expect, test, vi } from 'vitest';
import { ApiError, NetworkError } from '@/lib/api.ts';
import type { Person } from '@/lib/person.ts';
import { createOutbox, type Outgoing } from './outbox.ts';

const kenji: Person = { id: 2, username: 'kenji', first_name: 'Kenji', last_name: '', profile_picture: null };

function setUp(send: (outgoing: Outgoing) => Promise<void>) {
  return createOutbox({ storage: localStorage, key: 'outbox', send });
}

test('messages go out one after the other, in the order they were written', async () => {
  const sent: string[] = [];
  const outbox = setUp(async (one) => {
    sent.push(one.content);
  });
  outbox.add(kenji, 'one');
  outbox.add(kenji, 'two');
  await vi.waitFor(() => expect(outbox.get()).toEqual([]));
  expect(sent).toEqual(['one', 'two']);
});

test('without a network they wait, keep their names, and go out when it is back', async () => {
  let online = false;
  const names: string[] = [];
  const outbox = setUp(async (one) => {
    names.push(one.client_id);
    if (!online) throw new NetworkError();
  });
  outbox.add(kenji, 'one');
  await vi.waitFor(() => expect(outbox.get()[0]?.state).toBe('waiting'));
  online = true;
  outbox.wake();
  await vi.waitFor(() => expect(outbox.get()).toEqual([]));
  expect(new Set(names).size).toBe(1);
});

test('what was on its way when the page died is sent again under the same name', async () => {
  setUp(() => new Promise(() => undefined)).add(kenji, 'one');
  const [before] = JSON.parse(localStorage.getItem('outbox') ?? '[]') as Outgoing[];
  const names: string[] = [];
  setUp(async (one) => {
    names.push(one.client_id);
  }).wake();
  await vi.waitFor(() => expect(names).toEqual([before?.client_id]));
});

test('a refusal stays with its words until somebody decides, and holds nobody up', async () => {
  const sent: string[] = [];
  let allowed = false;
  const outbox = setUp(async (one) => {
    if (one.content === 'bad' && !allowed) throw new ApiError(400, 'too_long', 'This is too long.');
    sent.push(one.content);
  });
  outbox.add(kenji, 'bad');
  outbox.add(kenji, 'good');
  await vi.waitFor(() => expect(sent).toEqual(['good']));
  expect(outbox.get()).toMatchObject([{ content: 'bad', state: 'failed', error: 'This is too long.' }]);
  allowed = true;
  outbox.retry(outbox.get()[0]?.client_id ?? '');
  await vi.waitFor(() => expect(sent).toEqual(['good', 'bad']));
});

test('what it cannot read in the storage it forgets', () => {
  localStorage.setItem('outbox', '{"not": "a list"');
  expect(setUp(async () => undefined).get()).toEqual([]);
});
