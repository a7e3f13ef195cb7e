import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { Answer, Api } from '@/lib/api.ts';
import { type Foldable, FoldingCache } from './cache.ts';
import { family, slot } from './slot.ts';

const numbers = slot('numbers', '/numbers/', z.array(z.number()));
const pages = family('pages', (id: number) => `/pages/${id}/`, z.array(z.number()));

function setUp(answers: Record<string, () => Promise<Answer<unknown>>>) {
  const queries = new QueryClient();
  const api: Api = {
    get: async (path, parse) => {
      const { value, cursor } = (await answers[path]?.()) ?? { value: [], cursor: null };
      return { value: parse(value), cursor };
    },
    send: async (_method, _path, _body, parse) => parse(null),
    sendLast() {},
    token: () => null,
  };
  const cache = new FoldingCache(queries, api, 1);
  const load = (target: typeof numbers) =>
    queries.fetchQuery({ queryKey: target.key, queryFn: () => cache.load(target) });
  return { cache, load };
}

const append = (seq: number): Foldable => ({
  seq,
  apply: (cache) => cache.update(numbers, (list) => [...list, seq]),
});

const at = (seq: number, value: number[]) => async (): Promise<Answer<unknown>> => ({
  value,
  cursor: { epoch: 'e', seq },
});

test('an entry the copy already contains is not folded in again', async () => {
  const { cache, load } = setUp({ '/numbers/': at(5, [5]) });
  await load(numbers);
  cache.fold(append(5));
  cache.fold(append(6));
  expect(cache.read(numbers)).toEqual([5, 6]);
});

test('a copy that arrives late is caught up with what came meanwhile', async () => {
  let answer: (value: Answer<unknown>) => void = () => undefined;
  const { cache, load } = setUp({
    '/numbers/': () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  const loading = load(numbers);
  cache.fold(append(6));
  cache.fold(append(7));
  answer({ value: [5], cursor: { epoch: 'e', seq: 5 } });
  await loading;
  expect(cache.read(numbers)).toEqual([5, 6, 7]);
});

test('a copy nobody has asked for stays unasked for', () => {
  const { cache } = setUp({});
  cache.fold(append(6));
  expect(cache.read(numbers)).toBeUndefined();
});

test('one fold reaches every loaded slot of a family', async () => {
  const { cache, load } = setUp({ '/pages/1/': at(5, [1]), '/pages/2/': at(6, [2]) });
  await load(pages(1));
  await load(pages(2));
  cache.fold({ seq: 6, apply: (inner) => inner.updateAll(pages, (list) => [...list, 9]) });
  expect(cache.read(pages(1))).toEqual([1, 9]);
  expect(cache.read(pages(2)), 'it was read at 6 and contains 6').toEqual([2]);
});

test('a new beginning forgets the old numbers', async () => {
  const { cache, load } = setUp({ '/numbers/': at(50, [50]) });
  await load(numbers);
  await cache.startOver();
  await load(numbers).catch(() => undefined);
  cache.fold(append(51));
  expect(cache.read(numbers)?.at(-1)).toBe(51);
});
