import { t } from 'i18next';
import { Link } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { fullName, type Person } from '@/lib/person.ts';
import { FriendshipButton } from './friendship-button.tsx';

interface PersonRowProps {
  person: Person;
  mutual?: number;
}

/** Somebody who is not a friend yet, and the one thing to do about it. */
export function PersonRow({ person, mutual = 0 }: PersonRowProps) {
  return (
    <li className="plain-row">
      <Avatar person={person} />
      <div className="grow">
        <Link
          className="strong small line block"
          to={`/people/${person.username}`}
          aria-label={t('person.page_of', { name: fullName(person) })}
        >
          {fullName(person)}
        </Link>
        <span className="sub line">{mutual > 0 ? t('friends.mutual', { count: mutual }) : `@${person.username}`}</span>
      </div>
      <FriendshipButton person={person} />
    </li>
  );
}
