import { t } from 'i18next';
import { useState } from 'react';
import { Avatar } from '@/components/avatar.tsx';
import { Bones } from '@/components/bones.tsx';
import { Failed } from '@/components/failed.tsx';
import { UpIcon } from '@/components/icon.tsx';
import { daysBetween } from '@/lib/time.ts';
import { narrow, useMedia } from '@/lib/use-media.ts';
import { kinds } from './kinds.ts';
import { PostCard } from './post-card.tsx';
import { home, type Post, type PostType } from './slots.ts';
import { type Feed, useFeed } from './use-feed.ts';

/** Three streams beside each other; on a phone they are tabs, so that one hand is enough. */
export function Lanes() {
  const feed = useFeed(home);
  const asTabs = useMedia(narrow);
  const [chosen, setChosen] = useState<PostType>('thoughts');
  return (
    <>
      {asTabs && <LaneTabs chosen={chosen} onChoose={setChosen} feed={feed} />}
      {kinds
        .filter((kind) => !asTabs || kind.type === chosen)
        .map((kind) => (
          <Lane key={kind.type} {...kind} icon={kind.icon} feed={feed} asTab={asTabs} />
        ))}
    </>
  );
}

interface LaneTabsProps {
  chosen: PostType;
  onChoose: (type: PostType) => void;
  feed: Feed;
}

function LaneTabs({ chosen, onChoose, feed }: LaneTabsProps) {
  return (
    <div
      className="tabs lane-tabs"
      role="tablist"
      aria-label={t('posts.streams')}
      onKeyDown={(event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const at = kinds.findIndex((kind) => kind.type === chosen);
        const next = kinds[(at + step + kinds.length) % kinds.length];
        if (!next) return;
        onChoose(next.type);
        document.getElementById(`tab-${next.type}`)?.focus();
      }}
    >
      {kinds.map(({ type, hue, icon: KindIcon }) => {
        const news = feed.waiting.filter((post) => post.type === type).length;
        return (
          <button
            type="button"
            className="tab"
            role="tab"
            key={type}
            id={`tab-${type}`}
            aria-selected={type === chosen}
            aria-controls={`lane-${type}`}
            tabIndex={type === chosen ? 0 : -1}
            data-hue={hue}
            onClick={() => onChoose(type)}
          >
            <KindIcon small />
            {t(`posts.many.${type}`)}
            {news > 0 && type !== chosen && <span className="sr">{t('posts.new', { count: news })}</span>}
          </button>
        );
      })}
    </div>
  );
}

type LaneProps = (typeof kinds)[number] & { feed: Feed; asTab: boolean };

function Lane({ type, hue, icon: KindIcon, feed, asTab }: LaneProps) {
  const posts = feed.posts.filter((post) => post.type === type);
  const waiting = feed.waiting.filter((post) => post.type === type);
  const today = posts.filter((post) => daysBetween(Date.parse(post.created_at), Date.now()) === 0).length;
  const empty = feed.state === 'there' && posts.length === 0 && waiting.length === 0;
  return (
    <section
      className={`lane lane-${hue}`}
      data-hue={hue}
      data-empty={empty || undefined}
      id={`lane-${type}`}
      role={asTab ? 'tabpanel' : undefined}
      aria-label={t(`posts.many.${type}`)}
    >
      <h2 className="lane-head">
        <KindIcon />
        <span className="label">{t(`posts.many.${type}`)}</span>
        {today > 0 && <span className="tiny">{t('posts.today', { count: today })}</span>}
      </h2>
      {waiting.length > 0 && <Pill waiting={waiting} onPress={feed.letIn} />}
      {feed.state === 'pending' && <Bones rows={2} />}
      {feed.state === 'failed' && <Failed what={t('posts.failed.feed')} onRetry={feed.again} />}
      {empty && <p className="lane-empty small dim">{t(`posts.empty.${type}`)}</p>}
      {posts.map((post) => (
        <PostCard key={post.id} post={post} />
      ))}
      {posts.length > 0 && feed.older && (
        <button type="button" className="button button-quiet cut" onClick={() => void feed.older?.()}>
          {t('posts.older')}
        </button>
      )}
    </section>
  );
}

interface PillProps {
  waiting: readonly Post[];
  onPress: () => void;
}

/** The feed never jumps: what is new waits here, with its faces. */
export function Pill({ waiting, onPress }: PillProps) {
  const faces = [...new Map(waiting.map((post) => [post.author.id, post.author])).values()].slice(0, 3);
  return (
    <button type="button" className="pill" onClick={onPress}>
      <UpIcon small />
      <span className="stack">
        {faces.map((face) => (
          <Avatar key={face.id} person={face} size={1} />
        ))}
      </span>
      {t('posts.new', { count: waiting.length })}
    </button>
  );
}
