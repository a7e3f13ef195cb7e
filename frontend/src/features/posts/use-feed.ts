/** A feed that never moves by itself: what comes while one reads waits behind the pill. */
import { useState } from 'react';
import { useStore } from '@/lib/store.ts';
import { useClient, useSlot } from '@/stream/client-context.ts';
import { deleteKey } from './actions.ts';
import { feed, type Post, postSchema } from './slots.ts';

const page = 50;

export interface Feed {
  state: 'pending' | 'failed' | 'there';
  posts: readonly Post[];
  /** New ones by others that wait to be let in. */
  waiting: readonly Post[];
  letIn: () => void;
  /** Null at the end. */
  older: (() => Promise<void>) | null;
  again: () => void;
}

export function useFeed(whose: string): Feed {
  const { api, cache, held, me } = useClient();
  const hidden = useStore(held);
  const slot = feed(whose);
  const query = useSlot(slot);
  const [seenUpTo, setSeenUpTo] = useState<number | null>(null);
  const [ended, setEnded] = useState(false);

  const newest = Math.max(0, ...(query.data?.map((one) => one.id) ?? []));
  if (seenUpTo === null && query.data) setSeenUpTo(newest);
  const waits = (one: Post) => seenUpTo !== null && one.id > seenUpTo && one.author.id !== me.id;
  const all = (query.data ?? []).filter((one) => !hidden.has(deleteKey(one.id)));

  async function older(): Promise<void> {
    const oldest = Math.min(...all.map((one) => one.id));
    const address = new URL(slot.path, window.location.href);
    address.searchParams.set('before', String(oldest));
    address.searchParams.set('limit', String(page));
    const { value } = await api.get(address.pathname + address.search, (json) => postListSchema(json));
    if (value.length < page) setEnded(true);
    cache.write(slot, (list) => [...list, ...value.filter((one) => !list.some((other) => other.id === one.id))]);
  }

  return {
    state: query.isPending ? 'pending' : query.isError ? 'failed' : 'there',
    posts: all.filter((one) => !waits(one)),
    waiting: all.filter(waits),
    letIn: () => setSeenUpTo(newest),
    older: ended || all.length < page ? null : older,
    again: () => void query.refetch(),
  };
}

function postListSchema(json: unknown): Post[] {
  return Array.isArray(json) ? json.map((one: unknown) => postSchema.parse(one)) : [];
}
