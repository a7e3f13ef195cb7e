import { t } from 'i18next';
import { Bones } from '@/components/bones.tsx';
import { Empty } from '@/components/empty.tsx';
import { Failed } from '@/components/failed.tsx';
import { ThoughtIcon } from '@/components/icon.tsx';
import { Pill } from './lanes.tsx';
import { PostCard } from './post-card.tsx';
import { useFeed } from './use-feed.ts';

interface WallProps {
  username: string;
  name: string;
}

/** What somebody posted and what others wrote on their wall, newest first. */
export function Wall({ username, name }: WallProps) {
  const feed = useFeed(username);
  if (feed.state === 'pending') return <Bones />;
  if (feed.state === 'failed') return <Failed what={t('posts.failed.feed')} onRetry={feed.again} />;
  return (
    <div className="wall">
      {feed.waiting.length > 0 && <Pill waiting={feed.waiting} onPress={feed.letIn} />}
      {feed.posts.map((post) => (
        <PostCard key={post.id} post={post} />
      ))}
      {feed.posts.length === 0 && (
        <div className="sheet cut">
          <Empty icon={ThoughtIcon} title={t('posts.empty_wall', { name })} />
        </div>
      )}
      {feed.older && (
        <button type="button" className="button button-quiet cut" onClick={() => void feed.older?.()}>
          {t('posts.older')}
        </button>
      )}
    </div>
  );
}
