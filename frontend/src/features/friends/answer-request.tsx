import { t } from 'i18next';
import { shortName } from '@/lib/person.ts';
import { useSlot } from '@/stream/client-context.ts';
import type { ActionProps } from '@/stream/notification.tsx';
import { useFriendActions } from './actions.ts';
import { received } from './slots.ts';

/** Accept and Decline wherever a request shows itself: toast, popover, inbox. Gone once it is answered. */
export function AnswerRequest({ people, done }: ActionProps) {
  const actions = useFriendActions();
  const requests = useSlot(received);
  const request = requests.data?.find((one) => one.from_user.id === people[0]?.id);
  if (!request) return null;
  const name = shortName(request.from_user);
  return (
    <>
      <button
        type="button"
        className="button button-main cut"
        aria-label={t('friends.accept_name', { name })}
        onClick={() => {
          void actions.accept(request);
          done();
        }}
      >
        {t('friends.accept')}
      </button>
      <button
        type="button"
        className="button cut"
        aria-label={t('friends.decline_name', { name })}
        onClick={() => {
          actions.decline(request);
          done();
        }}
      >
        {t('friends.decline')}
      </button>
    </>
  );
}
