import { t } from 'i18next';
import { Link } from 'react-router';
import type { ActionProps } from '@/stream/notification.tsx';

/** What one wants to do with a new friend. */
export function SayHello({ people, done }: ActionProps) {
  const [friend] = people;
  if (!friend) return null;
  return (
    <Link className="button cut" to={`/messages/${friend.username}`} onClick={done}>
      {t('friends.say_hello')}
    </Link>
  );
}
