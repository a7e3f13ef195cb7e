import i18next, { t } from 'i18next';
import { AlertIcon, CheckIcon, ChecksIcon, ClockIcon, ReadIcon } from '@/components/icon.tsx';
import { absoluteTime, clockTime } from '@/lib/time.ts';
import { useClient } from '@/stream/client-context.ts';
import type { Outgoing } from '@/stream/outbox.ts';
import type { Item, Status } from './thread-items.ts';

interface BubbleProps {
  item: Extract<Item, { kind: 'bubble' }>;
}

export function Bubble({ item }: BubbleProps) {
  const language = i18next.language;
  return (
    <>
      <div
        className={`bubble cut ${item.mine ? 'mine' : ''} ${item.status === 'failed' ? 'failed' : ''} ${item.gap ? 'gap-before' : ''}`}
        dir="auto"
      >
        <span className="sr">{item.mine ? t('messages.you_said') : t('messages.they_said')} </span>
        <span>{item.text}</span>
        <time className="stamp num" dateTime={item.at} title={absoluteTime(item.at, language)}>
          {clockTime(item.at, language)}
        </time>
      </div>
      {item.status && <Ticks status={item.status} outgoing={item.outgoing} />}
    </>
  );
}

const tickIcons = {
  sending: ClockIcon,
  waiting: ClockIcon,
  sent: CheckIcon,
  delivered: ChecksIcon,
  read: ReadIcon,
};

interface TicksProps {
  status: Status;
  outgoing: Outgoing | null;
}

/** Shape and word first, hue after. What failed says so right there, with the way out. */
function Ticks({ status, outgoing }: TicksProps) {
  const { outbox } = useClient();
  if (status === 'failed' && outgoing) {
    return (
      <p className="status status-failed" role="alert" data-hue="danger">
        <AlertIcon />
        {outgoing.error || t('messages.status.failed')}
        <button type="button" className="button button-danger cut" onClick={() => outbox.retry(outgoing.client_id)}>
          {t('again')}
        </button>
        <button type="button" className="button button-quiet cut" onClick={() => outbox.discard(outgoing.client_id)}>
          {t('messages.discard')}
        </button>
      </p>
    );
  }
  if (status === 'failed') return null;
  const TickIcon = tickIcons[status];
  return (
    <p className={`status ${status === 'read' ? 'status-read' : ''}`}>
      <TickIcon />
      {t(`messages.status.${status}`)}
    </p>
  );
}
