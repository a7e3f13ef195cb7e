import { t } from 'i18next';
import { fullName } from '@/lib/person.ts';
import { safePicture } from '@/lib/safe-link.ts';
import { PostText } from './post-text.tsx';
import type { Post } from './slots.ts';

interface PostBodyProps {
  post: Post;
}

/** What was posted, in the manner of its stream. */
export function PostBody({ post }: PostBodyProps) {
  if (post.type === 'milestones') return <Milestone text={post.content} />;
  if (!post.content) return null;
  return (
    <p className="body" dir="auto">
      <PostText text={post.content} />
    </p>
  );
}

export function Picture({ post }: PostBodyProps) {
  const src = safePicture(post.media_url);
  if (!src) return null;
  return (
    <img
      className="picture"
      src={src}
      alt={post.content || t('posts.picture_by', { name: fullName(post.author) })}
      loading="lazy"
      decoding="async"
    />
  );
}

interface MilestoneProps {
  text: string;
}

/** The first line is the title; a short line with a digit in it is the figure the milestone is about. */
function Milestone({ text }: MilestoneProps) {
  const [title = '', ...lines] = text.split('\n');
  const isFigure = (line: string) => line.length <= 14 && /\d/.test(line);
  const figure = lines.find(isFigure);
  const rest = lines.filter((line) => line !== figure).join('\n');
  return (
    <>
      <p className="headline" dir="auto">
        <PostText text={title} />
      </p>
      {figure && <p className="figure">{figure}</p>}
      {rest && (
        <p className="body dim" dir="auto">
          <PostText text={rest} />
        </p>
      )}
    </>
  );
}
