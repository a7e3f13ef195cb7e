import { t } from 'i18next';
import { Link } from 'react-router';
import { fullName } from '@/lib/person.ts';
import { useSlot } from '@/stream/client-context.ts';
import { post } from './slots.ts';

interface MutedPostProps {
  id: number;
}

/** A line about a post, in a list of what is muted. */
export function MutedPost({ id }: MutedPostProps) {
  const query = useSlot(post(id));
  if (query.isPending) return <span className="dim">{t('mute.this_post')}</span>;
  if (query.isError) return <span className="dim">{t('mute.gone')}</span>;
  const { author, content } = query.data;
  return (
    <Link to={`/posts/${id}`}>
      <span className="strong block">{t('mute.post_by', { name: fullName(author) })}</span>
      <span className="sub line">{content}</span>
    </Link>
  );
}
