/**
 * The door of real time: it opens the stream, shows the toast and refreshes what is on screen.
 *
 * It began as one socket for friend requests and kept its name. The context carries handles and no data: data lives in
 * the query cache, entries are folded in by the `apply` of their type, and whoever shows friends reads the friends slot.
 */
import { createSharedStream, createStreamClient, type Stream, storageCursors } from '@numeneon/stream-client';
import { QueryClient } from '@tanstack/react-query';
import { t } from 'i18next';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { sendMessage } from '@/features/messages/send-message.ts';
import { foldActivity } from '@/features/posts/slots.ts';
import { createAnnouncer } from '@/lib/announcer.ts';
import { type Api, ApiError, type Cursor } from '@/lib/api.ts';
import type { Member } from '@/lib/person.ts';
import { createToastQueue } from '@/lib/toast-queue.ts';
import { narrow } from '@/lib/use-media.ts';
import { FoldingCache } from '@/stream/cache.ts';
import { type Client, ClientContext } from '@/stream/client-context.ts';
import { createEphemeral } from '@/stream/ephemeral.ts';
import { createHeldCalls } from '@/stream/held-calls.ts';
import { createOutbox } from '@/stream/outbox.ts';
import { receive } from './receive.tsx';
import { registry } from './registry.ts';

interface FriendsProviderProps {
  me: Member;
  /** Where the first copies were read; the stream goes on from there, so nothing falls between the two. */
  cursor: Cursor | null;
  api: Api;
  /** One socket for all tabs of the browser; a demo pane has its own. */
  shared: boolean;
  onSignedOut: () => void;
  /** My own profile has changed here: ask who I am again. */
  onChanged: () => Promise<void>;
  children: ReactNode;
}

export function FriendsProvider({ me, cursor, api, shared, onSignedOut, onChanged, children }: FriendsProviderProps) {
  const [client] = useState(() => createClient(me, api, shared));
  const [start] = useState(cursor);
  const handles = useMemo(() => ({ ...client, me, changed: onChanged }), [client, me, onChanged]);

  useEffect(() => {
    const { stream, held, outbox } = client;
    stream.start(start ? `${start.epoch}.${start.seq}` : undefined);
    const leave = () => held.flush();
    window.addEventListener('pagehide', leave);
    outbox.wake();
    const unsubscribe = stream.subscribe(() => {
      const { status, stopReason } = stream.getSnapshot();
      if (status === 'live') outbox.wake();
      if (stopReason === 'signed_out' || stopReason === 'unauthenticated') onSignedOut();
    });
    return () => {
      unsubscribe();
      window.removeEventListener('pagehide', leave);
      held.flush();
      stream.stop();
    };
  }, [client, start, onSignedOut]);

  return <ClientContext value={handles}>{children}</ClientContext>;
}

type Works = Omit<Client, 'changed'>;

function createClient(me: Member, api: Api, shared: boolean): Works {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
      },
    },
  });
  const cache = new FoldingCache(queries, api, me.id);
  const ephemeral = createEphemeral();
  const { stream, signOut } = openStream(me, api, shared, {
    onEntry: (entry) => {
      receive(client, entry);
    },
    async onSnapshot(_cursor, reason) {
      ephemeral.clear();
      if (reason !== 'fresh') await cache.startOver();
    },
    onEphemeral(frame) {
      const activity = ephemeral.receive(frame);
      if (activity) foldActivity(cache, activity);
    },
    // A refused frame or a handler that threw: nothing the reader can act on, so it goes where developers look.
    onError: (error) => reportError(error instanceof Error ? error : new Error(`${error.code}: ${error.message}`)),
  });
  const outbox = createOutbox({
    storage: shared ? localStorage : sessionStorage,
    key: `numeneon.outbox:${me.id}`,
    send: (outgoing) => sendMessage(api, cache, outgoing),
  });
  const client: Works = {
    me,
    api,
    queries,
    cache,
    stream,
    leaveEverywhere: signOut,
    ephemeral,
    registry,
    toasts: createToastQueue(() => (matchMedia(narrow).matches ? 1 : 3)),
    announcer: createAnnouncer((count) => t('announce.many', { count })),
    held: createHeldCalls(),
    outbox,
    onScreen: new Set(),
  };
  return client;
}

type Handlers = Pick<Parameters<typeof createStreamClient>[0], 'onEntry' | 'onSnapshot' | 'onEphemeral' | 'onError'>;

interface Opened {
  stream: Stream;
  signOut: () => void;
}

function openStream(me: Member, api: Api, shared: boolean, handlers: Handlers): Opened {
  const options = { ...handlers, token: async () => api.token() };
  if (!shared) {
    const stream = createStreamClient(options);
    return { stream, signOut: () => stream.stop() };
  }
  const stream = createSharedStream({
    ...options,
    name: `numeneon:${me.id}`,
    cursors: storageCursors(localStorage, `numeneon.cursor:${me.id}`),
  });
  return { stream, signOut: () => stream.signOut() };
}
