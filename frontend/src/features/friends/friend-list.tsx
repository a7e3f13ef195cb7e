import { t } from 'i18next';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { Bones } from '@/components/bones.tsx';
import { Empty } from '@/components/empty.tsx';
import { Failed } from '@/components/failed.tsx';
import { BlockIcon, ChatIcon, PeopleIcon, PresentIcon, TrashIcon } from '@/components/icon.tsx';
import { Menu } from '@/components/menu.tsx';
import { byName, fullName, shortName } from '@/lib/person.ts';
import type { Friend } from '@/stream/members.ts';
import { useFriendActions } from './actions.ts';
import { useFriends } from './use-friends.ts';

const firstPage = 12;

/** Friends, those who are here first; a light is lit on the cards of the present. */
export function FriendList() {
  const friends = useFriends();
  const [all, setAll] = useState(false);
  if (friends.isPending) return <Bones rows={4} />;
  if (friends.isError) return <Failed what={t('friends.failed.list')} onRetry={() => void friends.refetch()} />;
  const list = [...(friends.data ?? [])].sort((a, b) => Number(b.online) - Number(a.online) || byName(a, b));
  return (
    <section className="section" data-hue="message" aria-labelledby="friends">
      <h2 className="section-head">
        <PresentIcon className="hue" />
        <span className="label" id="friends">
          {t('friends.title')}
        </span>
        {list.length > firstPage && !all && (
          <button type="button" className="button button-quiet cut end" onClick={() => setAll(true)}>
            {t('friends.see_all', { count: list.length })}
          </button>
        )}
      </h2>
      {list.length === 0 ? (
        <div className="sheet cut">
          <Empty icon={PeopleIcon} title={t('friends.none')}>
            <p className="dim small">{t('friends.none_detail')}</p>
          </Empty>
        </div>
      ) : (
        <ul className="people">
          {(all ? list : list.slice(0, firstPage)).map((friend) => (
            <FriendRow key={friend.id} friend={friend} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface FriendRowProps {
  friend: Friend;
}

function FriendRow({ friend }: FriendRowProps) {
  const actions = useFriendActions();
  const navigate = useNavigate();
  const name = shortName(friend);
  return (
    <li className="row cut enters" data-hue={friend.online ? 'message' : 'none'}>
      <Avatar person={friend} size={3} online={friend.online} />
      <div className="what">
        <Link className="strong line block" to={`/people/${friend.username}`} data-row>
          {fullName(friend)}
        </Link>
        <span className="sub line">{friend.online ? t('presence.here') : `@${friend.username}`}</span>
      </div>
      <Link
        className="icon-button"
        to={`/messages/${friend.username}`}
        aria-label={t('friends.message_name', { name })}
      >
        <ChatIcon />
      </Link>
      <Menu
        label={t('friends.more_about', { name })}
        entries={[
          { icon: PeopleIcon, label: t('friends.open_page'), run: () => void navigate(`/people/${friend.username}`) },
          {
            icon: TrashIcon,
            label: t('friends.remove'),
            danger: true,
            apart: true,
            run: () => void actions.remove(friend),
          },
          { icon: BlockIcon, label: t('friends.block'), danger: true, run: () => void actions.block(friend) },
        ]}
      />
    </li>
  );
}
