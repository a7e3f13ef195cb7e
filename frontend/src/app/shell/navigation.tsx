import { t } from 'i18next';
import { Link, NavLink } from 'react-router';
import { Badge } from '@/components/badge.tsx';
import { BellIcon, ChatIcon, GearIcon, HomeIcon, type Icon, PeopleIcon, PlusIcon } from '@/components/icon.tsx';
import { useRequests } from '@/features/friends/use-friends.ts';
import { conversations, unreadMessages } from '@/features/messages/slots.ts';
import { useUnseen } from '@/features/notifications/bell.tsx';
import type { Hue } from '@/lib/hue.ts';
import { useSlot } from '@/stream/client-context.ts';

interface PlaceProps {
  to: string;
  icon: Icon;
  name: string;
  count?: number;
  hue?: Hue;
}

function Place({ to, icon: PlaceIcon, name, count = 0, hue = 'notify' }: PlaceProps) {
  return (
    <NavLink to={to} end={to === '/'} aria-label={name}>
      <PlaceIcon />
      <Badge count={count} hue={hue} />
    </NavLink>
  );
}

function usePlaces() {
  const requests = useRequests().data?.length ?? 0;
  const unread = unreadMessages(useSlot(conversations).data);
  return {
    home: <Place to="/" icon={HomeIcon} name={t('nav.home')} />,
    friends: (
      <Place
        to="/friends"
        icon={PeopleIcon}
        name={requests > 0 ? t('nav.friends_count', { count: requests }) : t('nav.friends')}
        count={requests}
      />
    ),
    messages: (
      <Place
        to="/messages"
        icon={ChatIcon}
        name={unread > 0 ? t('nav.messages_count', { count: unread }) : t('nav.messages')}
        count={unread}
        hue="message"
      />
    ),
  };
}

export function Rail() {
  const places = usePlaces();
  return (
    <nav className="rail" aria-label={t('nav.main')}>
      {places.home}
      {places.friends}
      {places.messages}
      <span className="last" />
      <Place to="/settings" icon={GearIcon} name={t('nav.settings')} />
    </nav>
  );
}

/** On a phone everything one hand needs is under the thumb, the bell included. */
export function Dock() {
  const places = usePlaces();
  const unseen = useUnseen();
  return (
    <nav className="dock" aria-label={t('nav.main')}>
      {places.home}
      {places.friends}
      <Link to="/?compose" aria-label={t('nav.post')}>
        <PlusIcon />
      </Link>
      {places.messages}
      <Place
        to="/notifications"
        icon={BellIcon}
        name={unseen > 0 ? t('bell.new', { count: unseen }) : t('bell.none')}
        count={unseen}
      />
    </nav>
  );
}
