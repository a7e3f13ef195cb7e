/** What the connection looks like from the page, and when it is worth a word. */
import { useEffect, useRef, useState } from 'react';
import { useStore } from '@/lib/store.ts';
import { useClient } from './client-context.ts';

export type Connection =
  | { state: 'quiet' }
  | { state: 'reconnecting' }
  | { state: 'offline' }
  | { state: 'back'; news: number };

/** Nothing under three seconds: most interruptions are shorter than a sentence about them. */
const patience = 3000;
const backStays = 6000;

export function useConnection(newsSince: (time: number) => number): Connection {
  const { stream } = useClient();
  const { status, since } = useStore({
    get: () => stream.getSnapshot(),
    subscribe: (listener) => stream.subscribe(listener),
  });
  const [connection, setConnection] = useState<Connection>({ state: 'quiet' });
  const lostAt = useRef<number | null>(null);
  const told = useRef(false);

  useEffect(() => {
    if (status === 'live') {
      const lost = lostAt.current;
      lostAt.current = null;
      if (lost === null || !told.current) {
        setConnection({ state: 'quiet' });
        return;
      }
      told.current = false;
      setConnection({ state: 'back', news: newsSince(lost) });
      const timer = setTimeout(() => setConnection({ state: 'quiet' }), backStays);
      return () => clearTimeout(timer);
    }
    if (status !== 'reconnecting' && status !== 'offline') return;
    lostAt.current ??= since;
    const timer = setTimeout(
      () => {
        told.current = true;
        setConnection({ state: status });
      },
      Math.max(0, patience - (Date.now() - since)),
    );
    return () => clearTimeout(timer);
  }, [status, since, newsSince]);

  return connection;
}
