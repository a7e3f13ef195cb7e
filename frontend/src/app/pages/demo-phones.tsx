import { t } from 'i18next';
import { type ReactNode, useEffect, useState } from 'react';
import { Avatar } from '@/components/avatar.tsx';
import { Badge } from '@/components/badge.tsx';
import { BellIcon, ChatIcon, CheckIcon, HomeIcon, PeopleIcon, PresentIcon, UndoIcon } from '@/components/icon.tsx';
import { Roll } from '@/components/roll.tsx';
import { Toasts } from '@/components/toasts.tsx';
import { useFriendActions } from '@/features/friends/actions.ts';
import { useFriends, useRequests } from '@/features/friends/use-friends.ts';
import { useUnseen } from '@/features/notifications/bell.tsx';
import { type Person, shortName } from '@/lib/person.ts';
import { useClient, useOnScreen } from '@/stream/client-context.ts';
import type { Friend } from '@/stream/members.ts';

interface AnsweringPhoneProps {
  /** Whose request this is about; others may be waiting too. */
  from: number;
  round: number;
  onAccept: () => void;
  onUndo: () => void;
}

/** The one who presses Accept. */
export function AnsweringPhone({ from, round, onAccept, onUndo }: AnsweringPhoneProps) {
  const actions = useFriendActions();
  const requests = useRequests();
  const friends = useFriends();
  const [accepted, setAccepted] = useState<Person | null>(null);
  useOnScreen('/friends');
  useRound(round, () => setAccepted(null));
  const request = requests.data?.find((one) => one.from_user.id === from);
  const person = accepted ?? request?.from_user;
  return (
    <Phone>
      <h2 className="section-head">
        <PeopleIcon className="hue" />
        <span className="label">{t('demo.requests')}</span>
      </h2>
      {person ? (
        <div className="card cut">
          <div className="head">
            <Avatar person={person} size={3} online />
            <div className="names">
              <span className="strong">{shortName(person)}</span>
              <span className="sub">@{person.username}</span>
            </div>
          </div>
          <div className="slot">
            {accepted ? (
              <div className="flow-tight appears">
                <CheckIcon className="hue" />
                <span className="grow small">{t('demo.you_are_friends')}</span>
                <button
                  type="button"
                  className="button button-quiet cut"
                  onClick={() => {
                    setAccepted(null);
                    onUndo();
                    void actions.remove(accepted);
                  }}
                >
                  <UndoIcon small />
                  {t('undo')}
                </button>
              </div>
            ) : (
              request && (
                <div className="flow-tight">
                  <button
                    type="button"
                    className="button button-main grow cut"
                    onClick={() => {
                      setAccepted(request.from_user);
                      onAccept();
                      void actions.accept(request);
                    }}
                  >
                    {t('friends.accept')}
                  </button>
                  <button type="button" className="button grow cut" onClick={() => actions.decline(request)}>
                    {t('friends.decline')}
                  </button>
                </div>
              )
            )}
          </div>
        </div>
      ) : (
        <p className="small dim">{requests.isPending ? t('loading') : t('demo.nothing_waits')}</p>
      )}
      <Friends list={friends.data} limit={4} spare />
    </Phone>
  );
}

interface WaitingPhoneProps {
  round: number;
  onNews: () => void;
}

/** The one who finds out. */
export function WaitingPhone({ round, onNews }: WaitingPhoneProps) {
  const { toasts } = useClient();
  const friends = useFriends();
  useRound(round);
  useEffect(
    () => toasts.subscribe(() => toasts.get().some((toast) => toast.kind === 'news') && onNews()),
    [toasts, onNews],
  );
  return (
    <Phone>
      <Friends list={friends.data} limit={5} />
    </Phone>
  );
}

/** Another round: both clients look at the world anew, on the streams they already have. */
function useRound(round: number, andThen?: () => void): void {
  const { cache, toasts } = useClient();
  useEffect(() => {
    if (round === 0) return;
    toasts.clear();
    // A list that does not load says so itself.
    cache.startOver().catch(() => undefined);
  }, [cache, toasts, round]);
  const [known, setKnown] = useState(round);
  if (known !== round) {
    setKnown(round);
    andThen?.();
  }
}

interface PhoneProps {
  children: ReactNode;
}

function Phone({ children }: PhoneProps) {
  const { me, toasts } = useClient();
  const unseen = useUnseen();
  const name = shortName(me);
  return (
    <section className="phone cut" aria-label={t('demo.phone_of', { name })}>
      <div className="phone-head">
        <Avatar person={me} size={1} />
        <span className="strong">{name}</span>
        <span className="grow" />
        <span className="tiny dimmer">{t('demo.phone')}</span>
      </div>
      <div className="grow">{children}</div>
      <Toasts queue={toasts} docked />
      <div className="dock" aria-hidden="true">
        <span className="icon-button">
          <HomeIcon />
        </span>
        <span className="icon-button">
          <PeopleIcon />
        </span>
        <span className="icon-button">
          <ChatIcon />
        </span>
        <span className="icon-button">
          <BellIcon />
          <Badge count={unseen} hue="notify" />
        </span>
      </div>
    </section>
  );
}

interface FriendsProps {
  list: readonly Friend[] | undefined;
  limit: number;
  /** Not needed to understand the moment, and hidden where room is short. */
  spare?: boolean;
}

function Friends({ list = [], limit, spare = false }: FriendsProps) {
  // The latest friend is the first, so that the newcomer is in sight.
  const shown = list.slice(0, limit);
  return (
    <div className={spare ? 'spare' : ''} data-hue="message">
      <h2 className="section-head">
        <PresentIcon className="hue" />
        <span className="label">{t('demo.friends')}</span>
        <Roll value={list.length} className="small dim end" />
      </h2>
      <ul>
        {shown.map((friend, index) => (
          <li className={`plain-row enters ${index > 2 ? 'spare' : ''}`} key={friend.id}>
            <Avatar person={friend} online={friend.online} />
            <div className="grow">
              <span className="strong small">{shortName(friend)}</span>
              <span className="sub">{friend.online ? t('presence.here') : `@${friend.username}`}</span>
            </div>
            <ChatIcon className="dim" />
          </li>
        ))}
      </ul>
    </div>
  );
}
