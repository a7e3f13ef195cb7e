import * as Popover from '@radix-ui/react-popover';
import * as Tabs from '@radix-ui/react-tabs';
import { t } from 'i18next';
import { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'react-router';
import { CloseIcon } from '@/components/icon.tsx';
import { useClient, useOnScreen } from '@/stream/client-context.ts';
import { useInboxActions } from './actions.ts';
import { type Filter, InboxList } from './inbox-list.tsx';
import { InboxTabs, isFilter } from './inbox-tabs.tsx';

interface BellPopoverProps {
  name: string;
  face: ReactNode;
}

/** The latest, hanging from the bell. Open from the start, because it was asked for. */
export function BellPopover({ name, face }: BellPopoverProps) {
  const [open, setOpen] = useState(true);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="icon-button wide-only" aria-label={name}>
        {face}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover cut"
          data-hue="notify"
          align="end"
          sideOffset={6}
          collisionPadding={12}
          aria-label={t('bell.none')}
        >
          <Inside onLeave={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface InsideProps {
  onLeave: () => void;
}

function Inside({ onLeave }: InsideProps) {
  const actions = useInboxActions();
  const [filter, setFilter] = useState<Filter>('all');
  const { toasts } = useClient();
  useOnScreen('inbox');
  useEffect(() => toasts.dismissNews(), [toasts]);
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
