import { BlockedPeople } from '@/features/friends/blocked-people.tsx';
import { SettingsPage } from '@/features/settings/settings-page.tsx';

export function Settings() {
  return <SettingsPage blocked={<BlockedPeople />} />;
}
