import { t } from 'i18next';
import { Link, useParams } from 'react-router';
import { Empty } from '@/components/empty.tsx';
import { Failed } from '@/components/failed.tsx';
import { ChatIcon, PlusIcon } from '@/components/icon.tsx';
import { useFriends } from '@/features/friends/use-friends.ts';
import { ConversationList } from '@/features/messages/conversation-list.tsx';
import { Thread } from '@/features/messages/thread.tsx';
import { ApiError } from '@/lib/api.ts';
import { useShortcuts, walk } from '@/lib/shortcuts.ts';
import { useSlot } from '@/stream/client-context.ts';
import { member } from '@/stream/members.ts';

/** All conversations beside the one that is open; on a phone, one or the other. */
export function Messages() {
  const { username = '' } = useParams();
  const friends = useFriends().data ?? [];
  const online = new Set(friends.filter((friend) => friend.online).map((friend) => friend.id));
  useShortcuts({ j: () => walk('[data-row]', 1), k: () => walk('[data-row]', -1) });
  return (
    <div className="chat cut" data-hue="message" data-open={username !== '' || undefined}>
      <section className="chats" aria-label={t('messages.conversations')}>
        <header className="pane-head">
          <h1 className="grow">{t('nav.messages')}</h1>
          <Link className="icon-button" to="/friends" aria-label={t('messages.begin')}>
            <PlusIcon />
          </Link>
        </header>
        <ConversationList online={online} />
      </section>
      {username ? (
        <Open key={username} username={username} online={online} />
      ) : (
        <div className="thread wide-only">
          <Empty icon={ChatIcon} title={t('messages.choose')}>
            <p className="dim small">{t('messages.choose_detail')}</p>
          </Empty>
        </div>
      )}
    </div>
  );
}

interface OpenProps {
  username: string;
  online: ReadonlySet<number>;
}

function Open({ username, online }: OpenProps) {
  const query = useSlot(member(username));
  if (query.data) return <Thread person={query.data} online={online.has(query.data.id)} />;
  return (
    <div className="thread">
      {query.isError &&
        (query.error instanceof ApiError && query.error.status === 404 ? (
          <Empty icon={ChatIcon} title={t('messages.nobody')} />
        ) : (
          <Failed what={t('messages.failed.load')} onRetry={() => void query.refetch()} />
        ))}
    </div>
  );
}
