import { t } from 'i18next';
import { Link } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { When } from '@/components/when.tsx';
import { fullName, shortName } from '@/lib/person.ts';
import { useSlot } from '@/stream/client-context.ts';
import { useFriendActions } from './actions.ts';
import { sent } from './slots.ts';

export function SentRequests() {
  const actions = useFriendActions();
  const requests = useSlot(sent);
  if (!requests.data?.length) return null;
  return (
    <section className="card cut" aria-labelledby="sent">
      <h2 className="section-head">
        <span className="label dim" id="sent">
          {t('friends.waiting')}
        </span>
      </h2>
      <ul>
        {requests.data.map(({ to_user: person, created_at }) => (
          <li className="plain-row" key={person.id}>
            <Avatar person={person} />
            <div className="grow">
              <Link className="strong small line block" to={`/people/${person.username}`}>
                {fullName(person)}
              </Link>
              <span className="sub">
                <When at={created_at} />
              </span>
            </div>
            <button
              type="button"
              className="button button-quiet cut"
              aria-label={t('friends.cancel_name', { name: shortName(person) })}
              onClick={() => void actions.cancel(person)}
            >
              {t('cancel')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
