import { t } from 'i18next';
import { Link } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { ChatIcon, UndoIcon } from '@/components/icon.tsx';
import { When } from '@/components/when.tsx';
import { fullName, type Person, shortName } from '@/lib/person.ts';
import { useFriendActions } from './actions.ts';
import type { ReceivedRequest } from './slots.ts';

interface RequestRowProps {
  request: ReceivedRequest;
  onAccept: (request: ReceivedRequest) => void;
}

export function RequestRow({ request, onAccept }: RequestRowProps) {
  const actions = useFriendActions();
  const person = request.from_user;
  const name = shortName(person);
  return (
    <li className="row request cut">
      <Avatar person={person} size={4} />
      <div className="what">
        <Link className="strong" to={`/people/${person.username}`} data-row>
          {fullName(person)}
        </Link>
        <span className="sub">
          @{person.username} · <When at={request.created_at} />
        </span>
      </div>
      <div className="does">
        <button
          type="button"
          className="button button-main cut"
          aria-label={t('friends.accept_name', { name })}
          onClick={() => onAccept(request)}
        >
          {t('friends.accept')}
        </button>
        <button
          type="button"
          className="button cut"
          aria-label={t('friends.decline_name', { name })}
          onClick={() => actions.decline(request)}
        >
          {t('friends.decline')}
        </button>
      </div>
    </li>
  );
}

interface AcceptedRowProps {
  person: Person;
  onUndo: () => void;
}

/** What a request turns into, in its own place. */
export function AcceptedRow({ person, onUndo }: AcceptedRowProps) {
  const name = shortName(person);
  return (
    <li className="row request cut" data-hue="message">
      <Avatar person={person} size={4} />
      <div className="what">
        <span className="strong">{t('friends.now_friends', { name })}</span>
        <span className="sub">{t('friends.knows_already', { name })}</span>
      </div>
      <div className="does">
        <Link className="button cut" to={`/messages/${person.username}`}>
          <ChatIcon small />
          {t('friends.message')}
        </Link>
        <button type="button" className="button button-quiet cut" onClick={onUndo}>
          <UndoIcon small />
          {t('undo')}
        </button>
      </div>
    </li>
  );
}
