/**
 * Everything one signed-in person works with, as handles. The context carries these and no data: data lives in the
 * query cache, and a handle never changes, so nothing renders because something arrived elsewhere.
 */
import type { Stream } from '@numeneon/stream-client';
import { type QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { createContext, use, useEffect } from 'react';
import type { Announcer } from '@/lib/announcer.ts';
import type { Api } from '@/lib/api.ts';
import type { Member } from '@/lib/person.ts';
import type { ToastQueue } from '@/lib/toast-queue.ts';
import type { FoldingCache } from './cache.ts';
import type { Ephemeral } from './ephemeral.ts';
import type { HeldCalls } from './held-calls.ts';
import type { Registry } from './notification.tsx';
import type { Outbox } from './outbox.ts';
import type { Slot } from './slot.ts';

export interface Client {
  me: Member;
  /** My own profile has changed. */
  changed: () => Promise<void>;
  api: Api;
  queries: QueryClient;
  cache: FoldingCache;
  stream: Stream;
  /** Signed out here is signed out in every tab of this browser. */
  leaveEverywhere: () => void;
  toasts: ToastQueue;
  announcer: Announcer;
  registry: Registry;
  ephemeral: Ephemeral;
  held: HeldCalls;
  outbox: Outbox;
  /** Paths whose content is in front of the reader right now. */
  onScreen: Set<string>;
}

export const ClientContext = createContext<Client | null>(null);

export function useClient(): Client {
  const client = use(ClientContext);
  if (!client) throw new Error('useClient outside of a client');
  return client;
}

/** Read a slot; the stream keeps it fresh, so it is fetched once. */
export function useSlot<Value>(slot: Slot<Value>, enabled = true): UseQueryResult<Value> {
  const { cache, queries } = useClient();
  return useQuery(
    {
      queryKey: slot.key,
      queryFn: ({ signal }) => cache.load(slot, signal),
      enabled,
      staleTime: Number.POSITIVE_INFINITY,
    },
    queries,
  );
}

/** While mounted, news leading to this path needs no toast. */
export function useOnScreen(path: string | null): void {
  const { onScreen } = useClient();
  useEffect(() => {
    if (path === null) return;
    onScreen.add(path);
    return () => {
      onScreen.delete(path);
    };
  }, [onScreen, path]);
}
