import { t } from 'i18next';
import { Roll } from '@/components/roll.tsx';
import { useShortcuts, walk } from '@/lib/shortcuts.ts';
import { useOnScreen } from '@/stream/client-context.ts';
import { FindPeople } from './find-people.tsx';
import { FriendList } from './friend-list.tsx';
import { Requests } from './requests.tsx';
import { SentRequests } from './sent-requests.tsx';
import { Suggestions } from './suggestions.tsx';
import { useFriends } from './use-friends.ts';

export function FriendsPage() {
  const friends = useFriends();
  useOnScreen('/friends');
  useShortcuts({ j: () => walk('[data-row]', 1), k: () => walk('[data-row]', -1) });
  const online = friends.data?.filter((friend) => friend.online).length ?? 0;
  return (
    <div className="columns">
      <div>
        <div className="title">
          <h1>{t('friends.title')}</h1>
          {friends.data && (
            <>
              <span className="dim">
                <Roll value={friends.data.length} />
              </span>
              <span className="dimmer small">{t('presence.online_count', { count: online })}</span>
            </>
          )}
        </div>
        <Requests />
        <FriendList />
      </div>
      <aside className="aside" aria-label={t('friends.aside')}>
        <FindPeople />
        <Suggestions />
        <SentRequests />
      </aside>
    </div>
  );
}
