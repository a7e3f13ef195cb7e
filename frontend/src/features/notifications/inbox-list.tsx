import { t } from 'i18next';
import { useEffect, useState } from 'react';
import { Bones } from '@/components/bones.tsx';
import { Empty } from '@/components/empty.tsx';
import { Failed } from '@/components/failed.tsx';
import { AtIcon, BellIcon, PeopleIcon } from '@/components/icon.tsx';
import { useSlot } from '@/stream/client-context.ts';
import { useInboxActions } from './actions.ts';
import { type Inbox, type InboxRow, inbox } from './inbox.ts';
import { Note } from './note.tsx';

export type Filter = 'all' | 'mentions' | 'requests';

const icons = { all: BellIcon, mentions: AtIcon, requests: PeopleIcon };

export function keeps(filter: Filter, row: InboxRow): boolean {
  if (filter === 'mentions') return row.type === 'comment_reply' || row.type === 'mention';
  if (filter === 'requests') return row.type === 'friend_request';
  return true;
}

interface InboxListProps {
  filter: Filter;
  limit?: number;
  onOpen?: () => void;
  onShowAll?: () => void;
}

/** The rows of one filter, in all their states: loading, failed, empty, there. */
export function InboxList({ filter, limit = Number.POSITIVE_INFINITY, onOpen, onShowAll }: InboxListProps) {
  const actions = useInboxActions();
  const query = useSlot(inbox);
  const fresh = useFresh(query.data);
  useEffect(() => {
    if (query.data?.results.some((row) => !row.seen)) actions.seen();
  }, [query.data, actions]);
  if (query.isPending) return <Bones />;
  if (query.isError) return <Failed what={t('inbox.failed.load')} onRetry={() => void query.refetch()} />;
  const rows = query.data.results.filter((row) => keeps(filter, row)).slice(0, limit);
  if (rows.length === 0) {
    return (
      <Empty icon={icons[filter]} title={t(`inbox.empty.${filter}`)}>
        <p className="dim small">{t(`inbox.empty_detail.${filter}`)}</p>
        {onShowAll && filter !== 'all' && (
          <button type="button" className="button cut" onClick={onShowAll}>
            {t('inbox.show_all')}
          </button>
        )}
      </Empty>
    );
  }
  return (
    <ul className="inbox">
      {rows.map((row) => (
        <Note
          key={row.id}
          row={row}
          fresh={fresh.has(row.id)}
          onOpen={(opened) => {
            actions.read([opened]);
            onOpen?.();
          }}
        />
      ))}
    </ul>
  );
}

/** Looking makes seen at once, for the badge and the other devices; here the new stays marked as long as one looks. */
function useFresh(value: Inbox | undefined): ReadonlySet<number> {
  const [fresh, setFresh] = useState<ReadonlySet<number>>(new Set());
  const found = value?.results.filter((row) => !row.seen && !fresh.has(row.id)).map((row) => row.id) ?? [];
  if (found.length > 0) setFresh(new Set([...fresh, ...found]));
  return fresh;
}
