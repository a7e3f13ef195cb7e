import { t } from 'i18next';
import { useSearchParams } from 'react-router';
import { OnlineFriends } from '@/features/friends/online-friends.tsx';
import { Composer } from '@/features/posts/composer.tsx';
import { Lanes } from '@/features/posts/lanes.tsx';
import { useShortcuts, walk } from '@/lib/shortcuts.ts';
import { useOnScreen } from '@/stream/client-context.ts';

export function Home() {
  const [query] = useSearchParams();
  useOnScreen('/');
  useShortcuts({ j: () => walk('[data-row]', 1), k: () => walk('[data-row]', -1) });
  return (
    <>
      <h1 className="sr">{t('nav.home')}</h1>
      <div className="home">
        <Composer focused={query.has('compose')} />
        <OnlineFriends />
        <Lanes />
      </div>
    </>
  );
}
