/** One clock for the whole page, so that "2 min" turns into "3 min" everywhere at once and costs one timer. */
import { createStore, useStore } from './store.ts';

const clock = createStore(Date.now());
let ticking = false;

function subscribe(listener: () => void): () => void {
  if (!ticking) {
    ticking = true;
    setInterval(() => clock.set(Date.now()), 30_000);
  }
  return clock.subscribe(listener);
}

export function useNow(): number {
  return useStore({ get: clock.get, subscribe });
}
