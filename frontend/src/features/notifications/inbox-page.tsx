import * as Tabs from '@radix-ui/react-tabs';
import { t } from 'i18next';
import { useState } from 'react';
import { useShortcuts, walk } from '@/lib/shortcuts.ts';
import { useOnScreen } from '@/stream/client-context.ts';
import { useInboxActions } from './actions.ts';
import { type Filter, InboxList } from './inbox-list.tsx';
import { InboxTabs, isFilter } from './inbox-tabs.tsx';

/** Everything that happened, by day, with the answers in the rows. */
export function InboxPage() {
  const actions = useInboxActions();
  const [filter, setFilter] = useState<Filter>('all');
  useOnScreen('inbox');
  useShortcuts({ j: () => walk('[data-row]', 1), k: () => walk('[data-row]', -1) });
  return (
    <div className="columns">
      <Tabs.Root value={filter} onValueChange={(value) => isFilter(value) && setFilter(value)} data-hue="notify">
        <div className="title">
          <h1>{t('bell.none')}</h1>
          <span className="grow" />
          <button type="button" className="button button-quiet cut" onClick={() => actions.readAll()}>
            {t('inbox.mark_all')}
          </button>
        </div>
        <InboxTabs />
        <Tabs.Content value={filter} className="sheet cut" tabIndex={-1}>
          <InboxList filter={filter} onShowAll={() => setFilter('all')} />
        </Tabs.Content>
      </Tabs.Root>
    </div>
  );
}
