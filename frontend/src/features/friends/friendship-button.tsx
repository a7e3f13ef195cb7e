import { t } from 'i18next';
import { Link } from 'react-router';
import { ChatIcon, PlusIcon } from '@/components/icon.tsx';
import { type Person, shortName } from '@/lib/person.ts';
import { useClient, useSlot } from '@/stream/client-context.ts';
import { useFriendActions } from './actions.ts';
import { sent } from './slots.ts';
import { useFriends, useRequests } from './use-friends.ts';

interface FriendshipButtonProps {
  person: Person;
  main?: boolean;
}

/** The next step between two people: add, cancel, answer, or write. */
export function FriendshipButton({ person, main = false }: FriendshipButtonProps) {
  const { me } = useClient();
  const actions = useFriendActions();
  const friends = useFriends();
  const requests = useRequests();
  const asked = useSlot(sent);
  const name = shortName(person);
  if (person.id === me.id || friends.isPending || asked.isPending || requests.isPending) return null;
  if (friends.data?.some((friend) => friend.id === person.id)) {
    return (
      <Link className="button cut" to={`/messages/${person.username}`} aria-label={t('friends.message_name', { name })}>
        <ChatIcon small />
        {t('friends.message')}
      </Link>
    );
  }
  if (asked.data?.some((request) => request.to_user.id === person.id)) {
    return (
      <button
        type="button"
        className="button button-quiet cut"
        aria-label={t('friends.cancel_name', { name })}
        onClick={() => void actions.cancel(person)}
      >
        {t('friends.asked')}
      </button>
    );
  }
  const request = requests.data?.find((one) => one.from_user.id === person.id);
  return (
    <button
      type="button"
      className={`button ${main || request ? 'button-main' : ''} cut`}
      aria-label={request ? t('friends.accept_name', { name }) : t('friends.add_name', { name })}
      onClick={() => void (request ? actions.accept(request) : actions.ask(person))}
    >
      {request ? (
        t('friends.accept')
      ) : (
        <>
          <PlusIcon small />
          {t('friends.add')}
        </>
      )}
    </button>
  );
}
