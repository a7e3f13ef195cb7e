import { t } from 'i18next';
import { useLocation, useParams, useSearchParams } from 'react-router';
import { Bones } from '@/components/bones.tsx';
import { Empty } from '@/components/empty.tsx';
import { Failed } from '@/components/failed.tsx';
import { CommentIcon } from '@/components/icon.tsx';
import { ApiError } from '@/lib/api.ts';
import { shortName } from '@/lib/person.ts';
import { useOnScreen, useSlot } from '@/stream/client-context.ts';
import { PostCard } from './post-card.tsx';
import { post } from './slots.ts';

/** One post with everything said about it; a deep link points at the exact comment. */
export function PostPage() {
  const { id } = useParams();
  const { pathname, hash } = useLocation();
  const [search] = useSearchParams();
  useOnScreen(pathname);
  const query = useSlot(post(Number(id)), /^\d+$/.test(id ?? ''));
  const target = Number(/^#comment-(\d+)$/.exec(hash)?.[1] ?? search.get('comment') ?? 0) || null;
  const gone = !/^\d+$/.test(id ?? '') || (query.error instanceof ApiError && query.error.status === 404);
  return (
    <div className="columns">
      <div className="wall">
        <h1 className="sr">
          {query.data ? t('posts.by', { name: shortName(query.data.author) }) : t('posts.one.thoughts')}
        </h1>
        {gone ? (
          <div className="sheet cut">
            <Empty icon={CommentIcon} title={t('posts.gone')}>
              <p className="dim small">{t('posts.gone_detail')}</p>
            </Empty>
          </div>
        ) : query.isPending ? (
          <Bones rows={2} />
        ) : query.isError ? (
          <Failed what={t('posts.failed.post')} onRetry={() => void query.refetch()} />
        ) : (
          <PostCard key={query.data.id} post={query.data} whole target={target} />
        )}
      </div>
    </div>
  );
}
