import { t } from 'i18next';
import { Link } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { shortName } from '@/lib/person.ts';
import { useFriends } from './use-friends.ts';

/** Who is here now; a face leads to the conversation. */
export function OnlineFriends() {
  const online = useFriends().data?.filter((friend) => friend.online) ?? [];
  return (
    <section className="online cut" data-hue="message" aria-labelledby="online">
      <p className="label section-head" id="online">
        {t('presence.online_count', { count: online.length })}
      </p>
      {online.length > 0 ? (
        <div className="faces">
          {online.slice(0, 5).map((friend) => (
            <Link key={friend.id} to={`/messages/${friend.username}`}>
              <Avatar person={friend} size={3} online />
              <span className="line">{shortName(friend)}</span>
            </Link>
          ))}
        </div>
      ) : (
        <p className="small dim">{t('presence.nobody')}</p>
      )}
    </section>
  );
}
