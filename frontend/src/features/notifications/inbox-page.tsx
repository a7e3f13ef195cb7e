import * as Tabs from '@radix-ui/react-tabs';
import { t } from 'i18next';
import { useEffect, useState } from 'react';
import { ClockIcon } from '@/components/icon.tsx';
import { KeyMap } from '@/components/key-map.tsx';
import { useShortcuts, walk } from '@/lib/shortcuts.ts';
import { useClient, useOnScreen, useSlot } from '@/stream/client-context.ts';
import { type InboxRow, inbox } from '@/stream/inbox.ts';
import { preferences } from '@/stream/preferences.ts';
import { useInboxActions } from './actions.ts';
import { type Filter, InboxList } from './inbox-list.tsx';
import { InboxTabs, isFilter } from './inbox-tabs.tsx';

/** Everything that happened, by day, with the answers in the rows. */
export function InboxPage() {
  const { cache, toasts } = useClient();
  const actions = useInboxActions();
  const [filter, setFilter] = useState<Filter>('all');
  useOnScreen('inbox');
  useEffect(() => toasts.dismissNews(), [toasts]);

  /** The row that holds the focus, and the one that should hold it next. */
  function atFocus(act: (row: InboxRow) => void): void {
    const id = Number(document.activeElement?.getAttribute('data-id'));
    const row = cache.read(inbox)?.results.find((one) => one.id === id);
    if (!row) return;
    walk('[data-row]', 1);
    act(row);
  }

  useShortcuts({
    j: () => walk('[data-row]', 1),
    k: () => walk('[data-row]', -1),
    e: () => atFocus((row) => void actions.archive(row)),
    u: () => atFocus((row) => actions.unread(row)),
  });

  return (
    <div className="columns">
      <Tabs.Root value={filter} onValueChange={(value) => isFilter(value) && setFilter(value)} data-hue="notify">
        <div className="title">
          <h1>{t('bell.none')}</h1>
          <span className="grow" />
          <button type="button" className="button button-quiet cut" onClick={() => void actions.readAll()}>
            {t('inbox.mark_all')}
          </button>
        </div>
        <InboxTabs />
        <Tabs.Content value={filter} className="sheet cut" tabIndex={-1}>
          <InboxList filter={filter} byDay onShowAll={() => setFilter('all')} />
        </Tabs.Content>
      </Tabs.Root>
      <aside className="aside" aria-label={t('inbox.about')}>
        <QuietHours />
        <section className="card cut wide-only" aria-labelledby="keys">
          <h2 className="section-head">
            <span className="label dim" id="keys">
              {t('inbox.keyboard')}
            </span>
          </h2>
          <KeyMap only={['walk', 'open', 'archive', 'unread', 'help']} />
        </section>
      </aside>
    </div>
  );
}

function QuietHours() {
  const hours = useSlot(preferences).data?.quiet_hours;
  if (!hours?.enabled) return null;
  return (
    <section className="card cut" data-hue="notify" aria-labelledby="quiet">
      <h2 className="section-head">
        <ClockIcon small className="hue" />
        <span className="label" id="quiet">
          {t('inbox.quiet_hours')}
        </span>
      </h2>
      <p className="small dim">{t('inbox.quiet_detail', { from: hours.start, to: hours.end })}</p>
    </section>
  );
}
