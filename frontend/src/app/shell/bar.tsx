import { t } from 'i18next';
import { Link, useNavigate } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { ExitIcon, GearIcon, KeyboardIcon, PeopleIcon } from '@/components/icon.tsx';
import { Menu } from '@/components/menu.tsx';
import { ThemeSwitch } from '@/components/theme-switch.tsx';
import { Wordmark } from '@/components/wordmark.tsx';
import { useSession } from '@/contexts/SessionContext.tsx';
import { Search } from '@/features/friends/search.tsx';
import { Bell } from '@/features/notifications/bell.tsx';
import { shortName } from '@/lib/person.ts';
import { useClient } from '@/stream/client-context.ts';
import { words } from '@/stream/optimistic.ts';

interface BarProps {
  onHelp: () => void;
}

export function Bar({ onHelp }: BarProps) {
  return (
    <header className="bar">
      <Link to="/" className="home-link">
        <Wordmark />
      </Link>
      <Search />
      <div className="bar-end">
        <ThemeSwitch />
        <Bell />
        <UserMenu onHelp={onHelp} />
      </div>
    </header>
  );
}

function UserMenu({ onHelp }: BarProps) {
  const { me, toasts, leaveEverywhere } = useClient();
  const { signOut } = useSession();
  const navigate = useNavigate();

  async function leave(): Promise<void> {
    try {
      await signOut();
      leaveEverywhere();
    } catch (error) {
      toasts.show({
        kind: 'error',
        hue: 'danger',
        icon: ExitIcon,
        text: t('session.failed_out'),
        detail: words(error),
      });
    }
  }

  return (
    <Menu
      label={t('bar.you', { name: shortName(me) })}
      face={<Avatar person={me} size={1} />}
      entries={[
        { icon: PeopleIcon, label: t('bar.your_page'), run: () => void navigate(`/people/${me.username}`) },
        { icon: GearIcon, label: t('nav.settings'), run: () => void navigate('/settings') },
        { icon: KeyboardIcon, label: t('help.title'), run: onHelp },
        { icon: ExitIcon, label: t('session.sign_out'), apart: true, run: () => void leave() },
      ]}
    />
  );
}
