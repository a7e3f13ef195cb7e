/** Rows move along: unseen, seen, read, archived, and back for who changes their mind. */
import { t } from 'i18next';
import { useMemo } from 'react';
import { ArchiveIcon, CheckIcon } from '@/components/icon.tsx';
import { nothing } from '@/lib/api.ts';
import { type Client, useClient } from '@/stream/client-context.ts';
import { dropRows, type InboxRow, inbox, markRows, markSeen } from '@/stream/inbox.ts';
import { optimistic } from '@/stream/optimistic.ts';

const among =
  (ids: readonly number[]) =>
  (row: InboxRow): boolean =>
    ids.includes(row.id);

function inboxActions(client: Client) {
  const { api, cache, toasts } = client;

  const mark = (ids: readonly number[], read: boolean) =>
    optimistic(client, {
      slots: [inbox],
      now: () => cache.write(inbox, markRows(among(ids), read)),
      send: () => api.send('POST', `/api/notifications/${read ? 'read' : 'unread'}/`, { ids }, nothing),
      failed: t('inbox.failed.read'),
    });

  const unarchive = (row: InboxRow) =>
    optimistic(client, {
      slots: [inbox],
      now: () =>
        cache.write(inbox, (value) => ({
          ...value,
          results: [...value.results.filter((other) => other.id !== row.id), row].sort((a, b) => b.seq - a.seq),
        })),
      send: () => api.send('POST', '/api/notifications/unarchive/', { ids: [row.id] }, nothing),
      failed: t('inbox.failed.archive'),
    });

  return {
    /** The page before the oldest row that is here. */
    async older(): Promise<void> {
      const oldest = cache.read(inbox)?.results.at(-1);
      if (!oldest) return;
      const { value } = await api.get(`${inbox.path}?before=${oldest.seq}`, inbox.parse);
      cache.write(inbox, (known) => ({
        ...known,
        results: [...known.results, ...value.results.filter((row) => !known.results.some((one) => one.id === row.id))],
      }));
    },

    seen(): void {
      void optimistic(client, {
        slots: [inbox],
        now: () => cache.write(inbox, markSeen),
        send: () => api.send('POST', '/api/notifications/seen/', {}, nothing),
        failed: t('inbox.failed.seen'),
      });
    },

    read(row: InboxRow): void {
      if (!row.read) void mark([row.id], true);
    },

    unread: (row: InboxRow) => void mark([row.id], false),

    async readAll(): Promise<void> {
      const rows = cache.read(inbox)?.results.filter((row) => !row.read) ?? [];
      const agreed = await optimistic(client, {
        slots: [inbox],
        now: () =>
          cache.write(
            inbox,
            markRows(() => true, true),
          ),
        send: () =>
          api.send('POST', '/api/notifications/read/', { up_to: Math.max(0, ...rows.map((row) => row.seq)) }, nothing),
        failed: t('inbox.failed.read'),
      });
      if (!agreed || rows.length === 0) return;
      const ids = rows.map((row) => row.id);
      toasts.show({
        kind: 'undo',
        hue: 'notify',
        icon: CheckIcon,
        text: t('inbox.all_read'),
        action: { label: t('undo'), run: () => void mark(ids, false) },
      });
    },

    async archive(row: InboxRow): Promise<void> {
      const agreed = await optimistic(client, {
        slots: [inbox],
        now: () => cache.write(inbox, dropRows(among([row.id]))),
        send: () => api.send('POST', '/api/notifications/archive/', { ids: [row.id] }, nothing),
        failed: t('inbox.failed.archive'),
      });
      if (!agreed) return;
      toasts.show({
        kind: 'undo',
        hue: 'notify',
        icon: ArchiveIcon,
        text: t('inbox.archived'),
        action: { label: t('undo'), run: () => void unarchive({ ...row, seen: true, read: true }) },
      });
    },
  };
}

export function useInboxActions() {
  const client = useClient();
  return useMemo(() => inboxActions(client), [client]);
}
