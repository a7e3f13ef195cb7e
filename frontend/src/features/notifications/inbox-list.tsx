import { t } from 'i18next';
import { useEffect, useState } from 'react';
import { Bones } from '@/components/bones.tsx';
import { Empty } from '@/components/empty.tsx';
import { Failed } from '@/components/failed.tsx';
import { AtIcon, BellIcon, PeopleIcon } from '@/components/icon.tsx';
import { daysBetween } from '@/lib/time.ts';
import { useNow } from '@/lib/use-now.ts';
import { useSlot } from '@/stream/client-context.ts';
import { type Inbox, type InboxRow, inbox } from '@/stream/inbox.ts';
import { useInboxActions } from './actions.ts';
import { Note } from './note.tsx';

export type Filter = 'all' | 'mentions' | 'requests';

const icons = { all: BellIcon, mentions: AtIcon, requests: PeopleIcon };

function keeps(filter: Filter, row: InboxRow): boolean {
  if (filter === 'mentions') return row.type === 'comment_reply' || row.type === 'post_mention';
  if (filter === 'requests') return row.type === 'friend_request';
  return true;
}

interface InboxListProps {
  filter: Filter;
  limit?: number;
  /** With a heading above each stretch of time. */
  byDay?: boolean;
  onOpen?: () => void;
  onShowAll?: () => void;
}

/** The rows of one filter, in all their states: loading, failed, empty, there. */
export function InboxList({ filter, limit, byDay = false, onOpen, onShowAll }: InboxListProps) {
  const actions = useInboxActions();
  const query = useSlot(inbox);
  const fresh = useFresh(query.data);
  const now = useNow();
  const unseen = query.data?.results.some((row) => !row.seen) ?? false;
  useEffect(() => {
    if (unseen) actions.seen();
  }, [unseen, actions]);

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
  const note = (row: InboxRow) => (
    <Note
      key={row.id}
      row={row}
      fresh={fresh.has(row.id)}
      onOpen={(opened) => {
        actions.read(opened);
        onOpen?.();
      }}
    />
  );
  if (!byDay) return <ul className="inbox">{rows.map(note)}</ul>;
  return (
    <>
      {stretches(rows, fresh, now).map(({ name, rows: some }) => (
        <section key={name} aria-label={t(`inbox.day.${name}`)}>
          <h2 className="day label">{t(`inbox.day.${name}`)}</h2>
          <ul className="inbox">{some.map(note)}</ul>
        </section>
      ))}
      {query.data.results.length % 100 === 0 && (
        <div className="sheet-foot">
          <button type="button" className="button button-quiet cut" onClick={() => void actions.older()}>
            {t('inbox.load_more')}
          </button>
        </div>
      )}
    </>
  );
}

type Stretch = 'fresh' | 'today' | 'week' | 'older';

function stretches(
  rows: readonly InboxRow[],
  fresh: ReadonlySet<number>,
  now: number,
): { name: Stretch; rows: InboxRow[] }[] {
  const of = (row: InboxRow): Stretch => {
    if (!row.seen || fresh.has(row.id)) return 'fresh';
    const days = daysBetween(Date.parse(row.at), now);
    if (days === 0) return 'today';
    return days < 7 ? 'week' : 'older';
  };
  const names: Stretch[] = ['fresh', 'today', 'week', 'older'];
  return names
    .map((name) => ({ name, rows: rows.filter((row) => of(row) === name) }))
    .filter((one) => one.rows.length > 0);
}

/** Looking makes seen at once, for the badge and the other devices; here the new stays marked as long as one looks. */
function useFresh(value: Inbox | undefined): ReadonlySet<number> {
  const [fresh, setFresh] = useState<ReadonlySet<number>>(new Set());
  const found = value?.results.filter((row) => !row.seen && !fresh.has(row.id)).map((row) => row.id) ?? [];
  if (found.length > 0) setFresh(new Set([...fresh, ...found]));
  return fresh;
}
