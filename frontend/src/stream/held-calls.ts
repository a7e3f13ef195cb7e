/**
 * Calls held back for as long as they can be taken back. Nothing is sent until the time is over, and what is still held
 * when the page goes away is sent with its last breath: a decision somebody made must not depend on them waiting.
 */
import { createStore, type Store } from '@/lib/store.ts';

interface HeldCall {
  send(): void;
  /** As `send`, when there is no time to wait for an answer. */
  sendLast(): void;
}

export interface HeldCalls extends Pick<Store<ReadonlySet<string>>, 'get' | 'subscribe'> {
  hold(key: string, call: HeldCall): void;
  /** Taken back: never sent. False when it was too late. */
  release(key: string): boolean;
  /** The page is going away. */
  flush(): void;
}

const holdTime = 5000;

export function createHeldCalls(): HeldCalls {
  const keys = createStore<ReadonlySet<string>>(new Set());
  const held = new Map<string, { call: HeldCall; timer: ReturnType<typeof setTimeout> }>();

  function take(key: string): HeldCall | null {
    const entry = held.get(key);
    if (!entry) return null;
    clearTimeout(entry.timer);
    held.delete(key);
    return entry.call;
  }

  const tell = () => keys.set(new Set(held.keys()));

  return {
    get: keys.get,
    subscribe: keys.subscribe,
    hold(key, call) {
      take(key);
      const timer = setTimeout(() => {
        take(key)?.send();
        tell();
      }, holdTime);
      held.set(key, { call, timer });
      tell();
    },
    release(key) {
      const call = take(key);
      tell();
      return call !== null;
    },
    flush() {
      for (const key of [...held.keys()]) take(key)?.sendLast();
      tell();
    },
  };
}
