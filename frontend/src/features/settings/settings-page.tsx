import { t } from 'i18next';
import type { ReactNode } from 'react';
import { NavLink, Route, Routes } from 'react-router';
import { BellIcon, BlockIcon, DeviceIcon, PeopleIcon } from '@/components/icon.tsx';
import { Devices } from './devices.tsx';
import { NotificationWishes } from './notification-wishes.tsx';
import { ProfileForm } from './profile-form.tsx';

interface SettingsPageProps {
  /** Rooms of other features, brought along by the app. */
  blocked: ReactNode;
  mutedPost: (id: number) => ReactNode;
}

const rooms = [
  { path: '', icon: PeopleIcon, name: 'profile' },
  { path: 'notifications', icon: BellIcon, name: 'notifications' },
  { path: 'devices', icon: DeviceIcon, name: 'devices' },
  { path: 'blocked', icon: BlockIcon, name: 'blocked' },
] as const;

export function SettingsPage({ blocked, mutedPost }: SettingsPageProps) {
  return (
    <div className="columns settings">
      <div>
        <div className="title">
          <h1>{t('nav.settings')}</h1>
        </div>
        <nav className="tabs" aria-label={t('settings.rooms')}>
          {rooms.map(({ path, icon: RoomIcon, name }) => (
            <NavLink className="tab" key={name} to={path ? `/settings/${path}` : '/settings'} end data-hue="none">
              <RoomIcon small />
              {t(`settings.${name}.title`)}
            </NavLink>
          ))}
        </nav>
        <Routes>
          <Route index element={<ProfileForm />} />
          <Route path="notifications" element={<NotificationWishes mutedPost={mutedPost} />} />
          <Route path="devices" element={<Devices />} />
          <Route path="blocked" element={blocked} />
        </Routes>
      </div>
    </div>
  );
}
