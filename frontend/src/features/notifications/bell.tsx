import * as Popover from '@radix-ui/react-popover';
import * as Tabs from '@radix-ui/react-tabs';
import { t } from 'i18next';
import { useState } from 'react';
import { Link } from 'react-router';
import { Badge } from '@/components/badge.tsx';
import { BellIcon, CloseIcon } from '@/components/icon.tsx';
import { useOnScreen, useSlot } from '@/stream/client-context.ts';
import { useInboxActions } from './actions.ts';
import { inbox, unseen } from './inbox.ts';
import { type Filter, InboxList } from './inbox-list.tsx';
import { InboxTabs, isFilter } from './inbox-tabs.tsx';

export function useUnseen(): number {
  return unseen(useSlot(inbox).data);
}

/** The bell counts what is unseen; looking at the list makes it seen. */
export function Bell() {
  const count = useUnseen();
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        className="icon-button wide-only"
        aria-label={count > 0 ? t('bell.new', { count }) : t('bell.none')}
      >
        <BellIcon />
        <Badge count={count} hue="notify" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover cut"
          data-hue="notify"
          align="end"
          sideOffset={6}
          collisionPadding={12}
          aria-label={t('bell.none')}
          onOpenAutoFocus={(event) => event.preventDefault()}
        >
          <PopoverInside onLeave={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface PopoverInsideProps {
  onLeave: () => void;
}

function PopoverInside({ onLeave }: PopoverInsideProps) {
  const actions = useInboxActions();
  const [filter, setFilter] = useState<Filter>('all');
  useOnScreen('inbox');
  return (
    <Tabs.Root value={filter} onValueChange={(value) => isFilter(value) && setFilter(value)}>
      <div className="head">
        <h2 className="grow">{t('bell.none')}</h2>
        <button type="button" className="button button-quiet cut" onClick={() => actions.readAll()}>
          {t('inbox.mark_all')}
        </button>
      </div>
      <InboxTabs />
      <Tabs.Content value={filter} className="popover-list" tabIndex={-1}>
        <InboxList filter={filter} limit={8} onOpen={onLeave} onShowAll={() => setFilter('all')} />
      </Tabs.Content>
      <div className="sheet-foot">
        <Link className="hue strong" to="/notifications" onClick={onLeave}>
          {t('inbox.see_all')}
        </Link>
        <Popover.Close className="icon-button" aria-label={t('close')}>
          <CloseIcon />
        </Popover.Close>
      </div>
    </Tabs.Root>
  );
}
