import { t } from 'i18next';
import { useRef, useState } from 'react';
import { Link } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { CommentIcon, HeartIcon, LinkIcon, MuteIcon, ShareIcon, TrashIcon } from '@/components/icon.tsx';
import { Menu } from '@/components/menu.tsx';
import { Roll } from '@/components/roll.tsx';
import { When } from '@/components/when.tsx';
import { fullName, shortName } from '@/lib/person.ts';
import { useClient, useSlot } from '@/stream/client-context.ts';
import { isMuted, setMuted } from '@/stream/muting.ts';
import { preferences } from '@/stream/preferences.ts';
import { useWatch } from '@/stream/use-watch.ts';
import { usePostActions } from './actions.ts';
import { hueOf } from './kinds.ts';
import { Picture, PostBody } from './post-body.tsx';
import { Replies } from './replies.tsx';
import type { Post } from './slots.ts';

interface PostCardProps {
  post: Post;
  /** With its comments, as on a page of its own. */
  whole?: boolean;
  /** The comment a notification led to. */
  target?: number | null;
}

export function PostCard({ post, whole = false, target = null }: PostCardProps) {
  const client = useClient();
  const { me } = client;
  const actions = usePostActions();
  const subject = { kind: 'posts', id: post.id, name: t('mute.this_post') } as const;
  const muted = isMuted(useSlot(preferences).data, subject);
  const card = useRef<HTMLElement>(null);
  const [open, setOpen] = useState(whole);
  useWatch(`post:${post.id}`, card);
  const name = shortName(post.author);
  const mine = post.author.id === me.id;
  const copyLink = () => void navigator.clipboard?.writeText(new URL(`/posts/${post.id}`, window.location.href).href);
  const inside = (
    <>
      <div className="head">
        <Avatar person={post.author} />
        <div className="names">
          <Link className="strong" to={`/people/${post.author.username}`}>
            {fullName(post.author)}
          </Link>
          <Link className="sub" to={`/posts/${post.id}`} data-row>
            <When at={post.created_at} />
            {post.visibility === 'friends' && ` · ${t('posts.for_friends')}`}
          </Link>
        </div>
        <Menu
          label={t('posts.more', { name })}
          entries={[
            { icon: LinkIcon, label: t('posts.copy_link'), run: copyLink },
            {
              icon: MuteIcon,
              label: muted ? t('mute.lift') : t('mute.post'),
              run: () => void setMuted(client, subject, !muted),
            },
            ...(mine
              ? [
                  {
                    icon: TrashIcon,
                    label: t('posts.delete'),
                    danger: true,
                    apart: true,
                    run: () => actions.remove(post),
                  },
                ]
              : []),
          ]}
        />
      </div>
      <PostBody post={post} />
      <div className="acts">
        <button
          type="button"
          className="act"
          aria-pressed={post.is_liked}
          aria-label={t('posts.like', { count: post.likes_count })}
          onClick={() => void actions.like(post)}
        >
          <HeartIcon />
          <Roll value={post.likes_count} />
        </button>
        <button
          type="button"
          className="act"
          aria-expanded={open}
          aria-label={t('posts.comments', { count: post.comment_count })}
          onClick={() => setOpen(!open)}
        >
          <CommentIcon />
          <Roll value={post.comment_count} />
        </button>
        <button
          type="button"
          className="act"
          aria-label={t('posts.share', { count: post.shares_count })}
          onClick={() => void actions.share(post)}
        >
          <ShareIcon />
          {post.shares_count > 0 && <Roll value={post.shares_count} />}
        </button>
      </div>
      {open && <Replies post={post} target={target} />}
    </>
  );
  const photo = post.media_url !== null;
  return (
    <article
      className={`card cut ${photo ? 'photo' : ''} ${post.type === 'milestones' ? 'milestone' : ''}`}
      data-hue={hueOf(post.type)}
      aria-label={t('posts.by', { name })}
      ref={card}
    >
      {photo ? (
        <>
          <Picture post={post} />
          <div className="under">{inside}</div>
        </>
      ) : (
        inside
      )}
    </article>
  );
}
