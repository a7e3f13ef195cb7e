import { t } from 'i18next';
import { lazy, Suspense, useState } from 'react';
import { Badge } from '@/components/badge.tsx';
import { BellIcon } from '@/components/icon.tsx';
import { useSlot } from '@/stream/client-context.ts';
import { inbox } from '@/stream/inbox.ts';

const load = () => import('./bell-popover.tsx');
const BellPopover = lazy(async () => ({ default: (await load()).BellPopover }));

export function useUnseen(): number {
  return useSlot(inbox).data?.unseen ?? 0;
}

/** The bell counts what is unseen; looking at the list makes it seen. */
export function Bell() {
  const count = useUnseen();
  const [wanted, setWanted] = useState(false);
  const name = count > 0 ? t('bell.new', { count }) : t('bell.none');
  const face = (
    <>
      <BellIcon />
      <Badge count={count} hue="notify" />
    </>
  );
  const button = (
    <button
      type="button"
      className="icon-button wide-only"
      aria-label={name}
      aria-haspopup="dialog"
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setWanted(true)}
    >
      {face}
    </button>
  );
  if (!wanted) return button;
  return (
    <Suspense fallback={button}>
      <BellPopover name={name} face={face} />
    </Suspense>
  );
}
