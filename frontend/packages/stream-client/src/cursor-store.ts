/**
 * Where the cursor survives a reload. It is saved after the effect of its entry, never before: a crash in between repeats an entry, it loses none.
 * If effects are kept in a database, keep the cursor there in the same transaction and load it from there.
 */

export interface CursorStore {
  load(): string | null | Promise<string | null>;
  /** `null` forgets. */
  save(cursor: string | null): void | Promise<void>;
}

/** What we need of `localStorage`. */
export interface StorageLike {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export function memoryCursors(): CursorStore {
  let held: string | null = null;
  return {
    load: () => held,
    save: (cursor) => {
      held = cursor;
    },
  };
}

export function storageCursors(storage: StorageLike, key: string): CursorStore {
  return {
    load: () => storage.getItem(key),
    save: (cursor) => (cursor === null ? storage.removeItem(key) : storage.setItem(key, cursor)),
  };
}
