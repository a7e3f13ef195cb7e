import { useVirtualizer } from '@tanstack/react-virtual';
import i18next, { t } from 'i18next';
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { Bones } from '@/components/bones.tsx';
import { Empty } from '@/components/empty.tsx';
import { Failed } from '@/components/failed.tsx';
import { BackIcon, ChatIcon, UpIcon } from '@/components/icon.tsx';
import { fullName, type Person, shortName } from '@/lib/person.ts';
import { useStore } from '@/lib/store.ts';
import { dayName } from '@/lib/time.ts';
import { narrow, useMedia } from '@/lib/use-media.ts';
import { useNow } from '@/lib/use-now.ts';
import { useClient, useOnScreen } from '@/stream/client-context.ts';
import { Bubble } from './bubble.tsx';
import type { Item } from './thread-items.ts';
import { useThread } from './use-thread.ts';
import { WriteField } from './write-field.tsx';

interface ThreadProps {
  person: Person;
  online: boolean;
}

/** One conversation. Only what is near the screen is in the page, so ten thousand messages scroll like ten. */
export function Thread({ person, online }: ThreadProps) {
  const name = shortName(person);
  const { ephemeral } = useClient();
  const typing = useStore(ephemeral.typing).has(person.id);
  const thread = useThread(person);
  useOnScreen(`/messages/${person.username}`);
  // On a phone the conversation is the page.
  const Heading = useMedia(narrow) ? 'h1' : 'h2';
  return (
    <section className="thread" aria-label={t('messages.with', { name })}>
      <header className="pane-head">
        <Link className="icon-button back" to="/messages" aria-label={t('messages.back')}>
          <BackIcon />
        </Link>
        <Avatar person={person} online={online} />
        <div className="grow">
          <Heading>
            <Link to={`/people/${person.username}`}>{fullName(person)}</Link>
          </Heading>
          <span className={`tiny ${online ? 'hue' : 'dimmer'}`}>
            {online ? t('presence.here') : `@${person.username}`}
          </span>
        </div>
      </header>
      {thread.state !== 'there' && (
        <div className="scroll">
          {thread.state === 'pending' ? <Bones /> : <Failed what={t('messages.failed.load')} onRetry={thread.again} />}
          {/* What waits to be sent is kept here, whatever the server says. */}
          {thread.items.map((item) => (
            <Row item={item} key={item.key} />
          ))}
        </div>
      )}
      {thread.state === 'there' &&
        (thread.items.length === 0 ? (
          <div className="scroll">
            <Empty icon={ChatIcon} title={t('messages.first', { name })} />
          </div>
        ) : (
          <Scroll items={thread.items} older={thread.older} name={name} />
        ))}
      <p className="typing" role="status">
        {typing && (
          <>
            <span className="dots" aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            {t('messages.typing', { name })}
          </>
        )}
      </p>
      <WriteField key={person.id} person={person} />
    </section>
  );
}

interface ScrollProps {
  items: Item[];
  older: (() => void) | null;
  name: string;
}

function Scroll({ items, older, name }: ScrollProps) {
  const element = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => element.current,
    estimateSize: (index) => (items[index]?.kind === 'bubble' ? 42 : 44),
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 12,
    // What is read stays where it is while older messages come in above; what comes below is followed from the end only.
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: 80,
    onChange: (instance) => setAtEnd(instance.isAtEnd(80)),
  });

  const toEnd = useEffectEvent(() => rows.scrollToIndex(items.length - 1, { align: 'end' }));
  useLayoutEffect(() => toEnd(), []);

  // The field below grows as one writes: whoever was at the end stays there.
  const follows = useRef(true);
  useEffect(() => {
    const frame = element.current;
    if (!frame) return;
    const watch = new ResizeObserver(() => {
      if (follows.current) toEnd();
    });
    watch.observe(frame);
    return () => watch.disconnect();
  }, []);

  // What I say myself is always followed, from wherever I was reading.
  const last = items.at(-1);
  const lastOfMine = last?.kind === 'bubble' && last.mine ? last.key : null;
  useEffect(() => {
    if (lastOfMine !== null) toEnd();
  }, [lastOfMine]);

  return (
    <div className="scroll-frame">
      <div
        className="scroll"
        role="log"
        aria-label={t('messages.with', { name })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard
        tabIndex={0}
        ref={element}
        onScroll={(event) => {
          follows.current = rows.isAtEnd(80);
          if (event.currentTarget.scrollTop < event.currentTarget.clientHeight) older?.();
        }}
      >
        <div className="scroll-inside" style={{ blockSize: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const item = items[row.index];
            return (
              item && (
                <div
                  key={row.key}
                  data-index={row.index}
                  ref={rows.measureElement}
                  className="scroll-row"
                  style={{ transform: `translateY(${row.start}px)` }}
                >
                  <Row item={item} />
                </div>
              )
            );
          })}
        </div>
      </div>
      {!atEnd && (
        <button
          type="button"
          className="icon-button to-end"
          aria-label={t('messages.to_end')}
          onClick={() => rows.scrollToIndex(items.length - 1, { align: 'end', behavior: 'smooth' })}
        >
          <UpIcon />
        </button>
      )}
    </div>
  );
}

interface RowProps {
  item: Item;
}

function Row({ item }: RowProps) {
  const now = useNow();
  switch (item.kind) {
    case 'day':
      return (
        <p className="separator">
          <span>{dayName(item.at, now, i18next.language)}</span>
        </p>
      );
    case 'unread':
      return (
        <p className="separator unread">
          <span>{t('messages.new', { count: item.count })}</span>
        </p>
      );
    case 'bubble':
      return <Bubble item={item} />;
  }
}
