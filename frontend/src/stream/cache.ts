/**
 * Where the copies live, and how an entry changes them.
 *
 * Every copy came with the cursor it was read at. An entry is folded into a copy iff it is newer than that cursor, and a
 * copy that arrives late is caught up from the journal of what has been folded meanwhile. So it does not matter whether
 * the answer or the entry wins the race: the result is the same, and reducers may be plain functions.
 */
import { QueryClient } from '@tanstack/react-query';
import type { Api, Cursor } from '@/lib/api.ts';
import { type Family, type Slot, sameKey } from './slot.ts';

/** What an `apply` function may touch. A slot nobody has loaded stays unloaded. */
export interface Cache {
  /** The signed-in person's id. */
  readonly me: number;
  update<Value>(slot: Slot<Value>, change: (value: Value) => Value): void;
  /** What cannot be known from the entry alone: ask the server again. */
  reload(slot: Slot<unknown>): void;
  /** Every loaded slot of a family, whatever its parameter. */
  updateAll<Param extends string | number, Value>(
    family: Family<Param, Value>,
    change: (value: Value, param: string | number) => Value,
  ): void;
}

export interface Foldable {
  readonly seq: number;
  apply(cache: Cache): void;
}

/** Long enough for the slowest answer; older entries are covered by the answer's own cursor. */
const journalLength = 1000;

/** The cache an `apply` sees, over whatever query client; `may` says which copies it may touch. */
export function cacheOver(queries: QueryClient, me: number, may: (key: readonly unknown[]) => boolean): Cache {
  function change<Value>(key: readonly unknown[], how: (value: Value) => Value): void {
    if (may(key)) queries.setQueryData<Value>(key, (old) => (old === undefined ? undefined : how(old)));
  }
  return {
    me,
    update: (slot, how) => change(slot.key, how),
    reload(slot) {
      if (may(slot.key)) void queries.invalidateQueries({ queryKey: slot.key, exact: true });
    },
    updateAll<Param extends string | number, Value>(
      family: Family<Param, Value>,
      how: (value: Value, param: string | number) => Value,
    ): void {
      for (const { queryKey } of queries.getQueryCache().findAll({ queryKey: [family.family] })) {
        const param: unknown = queryKey[1];
        if (typeof param === 'string' || typeof param === 'number')
          change<Value>(queryKey, (value) => how(value, param));
      }
    },
  };
}

export class FoldingCache {
  readonly me: number;
  readonly #queries: QueryClient;
  readonly #api: Api;
  readonly #readAt = new Map<string, number>();
  #journal: Foldable[] = [];

  constructor(queries: QueryClient, api: Api, me: number) {
    this.#queries = queries;
    this.#api = api;
    this.me = me;
  }

  /** Fetch a slot and catch it up with everything folded since the server read it. */
  async load<Value>(slot: Slot<Value>, signal?: AbortSignal): Promise<Value> {
    const { value, cursor } = await this.#api.get(slot.path, slot.parse, signal);
    return this.adopt(slot, value, cursor);
  }

  /** A copy in hand and the cursor it was read at: remember the one, catch up the other. */
  adopt<Value>(slot: Slot<Value>, value: Value, cursor: Cursor | null): Value {
    if (!cursor) return value;
    this.#readAt.set(JSON.stringify(slot.key), cursor.seq);
    const later = this.#journal.filter((entry) => entry.seq > cursor.seq);
    if (later.length === 0) return value;
    const scratch = new QueryClient();
    scratch.setQueryData(slot.key, value);
    const only = cacheOver(scratch, this.me, (key) => sameKey(key, slot.key));
    for (const entry of later) entry.apply(only);
    return scratch.getQueryData<Value>(slot.key) ?? value;
  }

  /** Fold one entry into every copy that does not contain it yet. */
  fold(entry: Foldable): void {
    this.#journal = [...this.#journal.slice(1 - journalLength), entry];
    entry.apply(cacheOver(this.#queries, this.me, (key) => entry.seq > (this.#readAt.get(JSON.stringify(key)) ?? 0)));
  }

  /** The numbers start over (another epoch), or too much was missed: reload all that is shown, drop the rest. */
  async startOver(): Promise<void> {
    this.#journal = [];
    this.#readAt.clear();
    this.#queries.removeQueries({ type: 'inactive' });
    await this.#queries.refetchQueries({ type: 'active' }, { throwOnError: true });
  }

  read<Value>(slot: Slot<Value>): Value | undefined {
    return this.#queries.getQueryData<Value>(slot.key);
  }

  /** A change of our own making, ahead of the server. */
  write<Value>(slot: Slot<Value>, change: (value: Value) => Value): void {
    this.#queries.setQueryData<Value>(slot.key, (old) => (old === undefined ? undefined : change(old)));
  }

  /** As `write`, for every loaded slot of a family. */
  writeAll<Param extends string | number, Value>(family: Family<Param, Value>, change: (value: Value) => Value): void {
    cacheOver(this.#queries, this.me, () => true).updateAll(family, change);
  }

  /** Ask again: for what a reducer cannot know. */
  async reload(slot: Slot<unknown>): Promise<void> {
    await this.#queries.invalidateQueries({ queryKey: slot.key, exact: true });
  }

  /** An answer on its way would overwrite what we are about to write. */
  async settle(slot: Slot<unknown>): Promise<void> {
    await this.#queries.cancelQueries({ queryKey: slot.key, exact: true });
  }
}
