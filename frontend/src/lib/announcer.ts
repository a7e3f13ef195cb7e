/** One polite voice for the page. What comes within a moment is said together; more than two things are summed up. */
import { createStore, type Store } from './store.ts';

export interface Announcer extends Pick<Store<string>, 'get' | 'subscribe'> {
  say(sentence: string): void;
}

const moment = 400;

export function createAnnouncer(sumUp: (count: number) => string): Announcer {
  const store = createStore('');
  let waiting: string[] = [];
  return {
    get: store.get,
    subscribe: store.subscribe,
    say(sentence) {
      waiting.push(sentence);
      if (waiting.length > 1) return;
      setTimeout(() => {
        store.set(waiting.length > 2 ? sumUp(waiting.length) : waiting.join(' '));
        waiting = [];
      }, moment);
    },
  };
}
