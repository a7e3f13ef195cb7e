import * as Tabs from '@radix-ui/react-tabs';
import { t } from 'i18next';
import { useSlot } from '@/stream/client-context.ts';
import { inbox } from '@/stream/inbox.ts';
import type { Filter } from './inbox-list.tsx';

const filters: readonly Filter[] = ['all', 'mentions', 'requests'];

export function isFilter(value: string): value is Filter {
  return filters.some((filter) => filter === value);
}

export function InboxTabs() {
  const { data } = useSlot(inbox);
  const requests = data?.results.filter((row) => row.type === 'friend_request' && !row.read).length ?? 0;
  return (
    <Tabs.List className="tabs" aria-label={t('inbox.filters')}>
      {filters.map((filter) => (
        <Tabs.Trigger className="tab" key={filter} value={filter}>
          {t(`inbox.filter.${filter}`)}
          {filter === 'requests' && requests > 0 && <span className="badge">{requests}</span>}
        </Tabs.Trigger>
      ))}
    </Tabs.List>
  );
}
