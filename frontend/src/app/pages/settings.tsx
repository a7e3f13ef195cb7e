import { BlockedPeople } from '@/features/friends/blocked-people.tsx';
import { MutedPost } from '@/features/posts/muted-post.tsx';
import { SettingsPage } from '@/features/settings/settings-page.tsx';

export function Settings() {
  return <SettingsPage blocked={<BlockedPeople />} mutedPost={(id) => <MutedPost id={id} />} />;
}
