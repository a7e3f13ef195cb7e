import i18next, { t } from 'i18next';
import { NavLink } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { Bones } from '@/components/bones.tsx';
import { Empty } from '@/components/empty.tsx';
import { Failed } from '@/components/failed.tsx';
import { AlertIcon, ChatIcon, CheckIcon, ChecksIcon, ClockIcon, ReadIcon } from '@/components/icon.tsx';
import { fullName, shortName } from '@/lib/person.ts';
import { useStore } from '@/lib/store.ts';
import { absoluteTime, clockTime, dayName, daysBetween } from '@/lib/time.ts';
import { useNow } from '@/lib/use-now.ts';
import { useClient, useSlot } from '@/stream/client-context.ts';
import { type Conversation, conversations } from './slots.ts';
import { statusOf } from './thread-items.ts';

interface ConversationListProps {
  online: ReadonlySet<number>;
}

export function ConversationList({ online }: ConversationListProps) {
  const query = useSlot(conversations);
  if (query.isPending) return <Bones />;
  if (query.isError) return <Failed what={t('messages.failed.list')} onRetry={() => void query.refetch()} />;
  if (query.data.length === 0) {
    return (
      <Empty icon={ChatIcon} title={t('messages.none')}>
        <p className="dim small">{t('messages.none_detail')}</p>
      </Empty>
    );
  }
  return (
    <ul className="grow chats-list">
      {query.data.map((conversation) => (
        <li key={conversation.user.id}>
          <Line conversation={conversation} online={online.has(conversation.user.id)} />
        </li>
      ))}
    </ul>
  );
}

interface LineProps {
  conversation: Conversation;
  online: boolean;
}

function Line({ conversation, online }: LineProps) {
  const { user, last_message: last, unread_count: unread } = conversation;
  const { ephemeral, me, outbox } = useClient();
  const typing = useStore(ephemeral.typing).has(user.id);
  const waiting = useStore(outbox).findLast((one) => one.to.id === user.id);
  const mine = last?.sender.id === me.id;
  const words = waiting?.content ?? last?.content ?? '';
  return (
    <NavLink className="conversation" to={`/messages/${user.username}`} data-row>
      <Avatar person={user} size={3} online={online} />
      <span className="grow">
        <span className="strong line">{fullName(user)}</span>
        <span className="line" dir="auto">
          {typing ? (
            <span className="hue">{t('messages.typing', { name: shortName(user) })}</span>
          ) : waiting || mine ? (
            t('messages.you', { words })
          ) : (
            words
          )}
        </span>
      </span>
      <span className="side">
        {last && <Stamp at={last.created_at} />}
        {waiting ? (
          waiting.state === 'failed' ? (
            <span data-hue="danger" role="img" aria-label={t('messages.status.failed')}>
              <AlertIcon small className="hue" />
            </span>
          ) : (
            <span role="img" aria-label={t('messages.status.sending')}>
              <ClockIcon small />
            </span>
          )
        ) : unread > 0 ? (
          <span className="badge">
            {unread > 99 ? '99+' : unread}
            <span className="sr"> {t('messages.unread')}</span>
          </span>
        ) : (
          mine && <Tick status={statusOf(last)} />
        )}
      </span>
    </NavLink>
  );
}

const tickIcons = { sent: CheckIcon, delivered: ChecksIcon, read: ReadIcon };

interface TickProps {
  status: ReturnType<typeof statusOf>;
}

function Tick({ status }: TickProps) {
  const TickIcon = tickIcons[status];
  return (
    <span role="img" aria-label={t(`messages.status.${status}`)}>
      <TickIcon small className={status === 'read' ? 'hue' : ''} />
    </span>
  );
}

interface StampProps {
  at: string;
}

function Stamp({ at }: StampProps) {
  const now = useNow();
  const language = i18next.language;
  const today = daysBetween(Date.parse(at), now) === 0;
  return (
    <time dateTime={at} title={absoluteTime(at, language)}>
      {today ? clockTime(at, language) : dayName(at, now, language)}
    </time>
  );
}
