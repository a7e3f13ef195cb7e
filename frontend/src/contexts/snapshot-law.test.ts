/**
 * The law of the stream: what a list showed before, plus the entries, is what it shows after.
 * The pairs are recorded by the server's own actions; the reducers are this client's.
 */
import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import { blocks, received, sent } from '@/features/friends/slots.ts';
import { conversations, thread } from '@/features/messages/slots.ts';
import { feed, home, post, replies } from '@/features/posts/slots.ts';
import { type Cache, cacheOver } from '@/stream/cache.ts';
import { inbox } from '@/stream/inbox.ts';
import { friends } from '@/stream/members.ts';
import { preferences } from '@/stream/preferences.ts';
import type { Slot } from '@/stream/slot.ts';
import { registry } from './registry.ts';

interface Recorded {
  type: string;
  /** One for each reader whose lists the action changed. */
  pairs: Pair[];
}

interface Pair {
  reader: number;
  before: Record<string, unknown>;
  entries: { type: string; [member: string]: unknown }[];
  after: Record<string, unknown>;
}

const recorded = Object.values(
  import.meta.glob<Recorded>('../../../protocol/snapshots/*.json', { eager: true, import: 'default' }),
);
const pairs = recorded.flatMap(({ type, pairs: all }) => all.map((pair) => [type, pair.reader, pair] as const));

const fixed: readonly Slot<unknown>[] = [
  friends,
  received,
  sent,
  blocks,
  conversations,
  inbox,
  preferences,
  feed(home),
];

function slotOf(path: string): Slot<unknown> | null {
  const known = fixed.find((slot) => slot.path === path);
  if (known) return known;
  const found = /^\/api\/(messages\/conversation|posts)\/(\d+)\/(replies\/)?$/.exec(path);
  if (found) {
    const id = Number(found[2]);
    if (found[1] === 'posts') return found[3] ? replies(id) : post(id);
    return thread(id);
  }
  const wall = /^\/api\/posts\/\?username=([\w.+-]+)$/.exec(path);
  return wall?.[1] ? feed(wall[1]) : null;
}

/** What the reducers say they cannot know is not held against them; everything else is. */
function play(pair: Pair): { get: (slot: Slot<unknown>) => unknown; reloaded: Set<string> } {
  const queries = new QueryClient();
  const reloaded = new Set<string>();
  for (const [path, json] of Object.entries(pair.before)) {
    const slot = slotOf(path);
    if (slot && json !== null) queries.setQueryData(slot.key, slot.parse(json));
  }
  const over = cacheOver(queries, pair.reader, () => true);
  const cache: Cache = { ...over, reload: (slot) => void reloaded.add(slot.path) };
  for (const entry of pair.entries) registry.get(entry.type)?.understand(entry)?.apply(cache);
  return { get: (slot) => queries.getQueryData(slot.key), reloaded };
}

test('every recorded pair is of a type this client knows', () => {
  const unknown = pairs.flatMap(([, , { entries }]) =>
    entries.filter(({ type }) => !registry.has(type)).map(({ type }) => type),
  );
  expect(unknown).toEqual([]);
});

test('there are recorded pairs', () => expect(pairs.length).toBeGreaterThan(20));

test.each(pairs)('%s, as reader %i sees it', (_type, _reader, pair) => {
  const { get, reloaded } = play(pair);
  for (const [path, json] of Object.entries(pair.after)) {
    const slot = slotOf(path);
    if (slot && !reloaded.has(path) && json !== null) expect(get(slot), path).toEqual(slot.parse(json));
  }
});
