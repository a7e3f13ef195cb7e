import { t } from 'i18next';
import { useMemo } from 'react';
import { nothing } from '@/lib/api.ts';
import { type Client, useClient } from '@/stream/client-context.ts';
import { optimistic } from '@/stream/optimistic.ts';
import { type InboxRow, inbox, markAllRead, markRead, markSeen } from './inbox.ts';

/** Opening the list makes seen; clicking makes read. */
export function inboxActions(client: Client) {
  const { api, cache } = client;
  return {
    seen(): void {
      if (cache.read(inbox)?.results.every((row) => row.seen) !== false) return;
      void optimistic(client, {
        slots: [inbox],
        now: () => cache.write(inbox, markSeen),
        send: () => api.send('POST', '/api/notifications/seen/', {}, nothing),
        failed: t('inbox.failed.seen'),
      });
    },
    read(rows: readonly InboxRow[]): void {
      const ids = rows.filter((row) => !row.read).map((row) => row.id);
      if (ids.length === 0) return;
      void optimistic(client, {
        slots: [inbox],
        now: () => cache.write(inbox, markRead(new Set(ids))),
        send: () => api.send('POST', '/api/notifications/read/', { ids }, nothing),
        failed: t('inbox.failed.read'),
      });
    },
    readAll(): void {
      const newest = Math.max(0, ...(cache.read(inbox)?.results.map((row) => row.id) ?? []));
      void optimistic(client, {
        slots: [inbox],
        now: () => cache.write(inbox, markAllRead),
        send: () => api.send('POST', '/api/notifications/read/', { up_to: newest }, nothing),
        failed: t('inbox.failed.read'),
      });
    },
  };
}

export function useInboxActions() {
  const client = useClient();
  return useMemo(() => inboxActions(client), [client]);
}
