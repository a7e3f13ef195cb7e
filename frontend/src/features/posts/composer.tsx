import { t } from 'i18next';
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Avatar } from '@/components/avatar.tsx';
import { AlertIcon, LinkIcon } from '@/components/icon.tsx';
import { shortName } from '@/lib/person.ts';
import { useClient } from '@/stream/client-context.ts';
import { words } from '@/stream/optimistic.ts';
import { usePostActions } from './actions.ts';
import { hueOf, kinds } from './kinds.ts';
import { useMentions } from './mention-field.tsx';
import { home, type Post, type PostType } from './slots.ts';

const longest = 500;

interface ComposerProps {
  /** On somebody's wall instead of one's own stream. */
  wall?: { id: number; username: string; name: string };
  /** Asked for from elsewhere: the dock's plus. */
  focused?: boolean;
}

/** One field, three streams. What could not be published stays in it. */
export function Composer({ wall, focused = false }: ComposerProps) {
  const { me } = useClient();
  const actions = usePostActions();
  const [text, setText] = useState('');
  const [type, setType] = useState<PostType>('thoughts');
  const [picture, setPicture] = useState('');
  const [visibility, setVisibility] = useState<Post['visibility']>('public');
  const [failure, setFailure] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);

  const mentions = useMentions(field, text, setText);

  useEffect(() => {
    if (focused) field.current?.focus();
  }, [focused]);

  async function publish(): Promise<void> {
    const content = text.trim();
    const media = type === 'media' ? picture.trim() : '';
    if ((!content && !media) || sending) return;
    setSending(true);
    setFailure(null);
    try {
      await actions.publish(
        {
          content,
          type,
          visibility,
          ...(media ? { media_url: media } : {}),
          ...(wall ? { target_profile_id: wall.id } : {}),
        },
        wall?.username ?? home,
      );
      setText('');
      setPicture('');
    } catch (error) {
      setFailure(words(error));
    } finally {
      setSending(false);
    }
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void publish();
  };
  const press = (event: KeyboardEvent) => {
    if (mentions.press(event)) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void publish();
  };
  const prompt = wall
    ? t('posts.wall_prompt', { name: wall.name })
    : t(`posts.prompt.${type}`, { name: shortName(me) });

  return (
    <form className="composer cut" data-hue={hueOf(type)} onSubmit={submit}>
      <div className="composer-row">
        <Avatar person={me} />
        <label className="sr" htmlFor="say">
          {t('nav.post')}
        </label>
        <textarea
          id="say"
          ref={field}
          rows={1}
          dir="auto"
          maxLength={longest}
          placeholder={prompt}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={press}
          {...mentions.field}
        />
        {mentions.list}
      </div>
      {type === 'media' && (
        <label className="field field-soft cut">
          <LinkIcon small className="dimmer" />
          <span className="sr">{t('posts.picture_address')}</span>
          <input
            inputMode="url"
            value={picture}
            placeholder={t('posts.picture_address')}
            onChange={(event) => setPicture(event.target.value)}
          />
        </label>
      )}
      {failure && (
        <p className="error" role="alert">
          <AlertIcon small />
          {failure}
        </p>
      )}
      <div className="composer-row">
        <fieldset className="kinds grow">
          <legend className="sr">{t('posts.kind')}</legend>
          {kinds.map(({ type: one, hue, icon: KindIcon }) => (
            <label className="kind" data-hue={hue} key={one}>
              <input
                type="radio"
                name="kind"
                aria-label={t(`posts.one.${one}`)}
                checked={type === one}
                onChange={() => setType(one)}
              />
              <KindIcon />
              <span className="word">{t(`posts.one.${one}`)}</span>
            </label>
          ))}
        </fieldset>
        {text.length > longest - 100 && <span className="tiny dimmer num">{longest - text.length}</span>}
        <label className="kind">
          <input
            type="checkbox"
            aria-label={t('posts.for_friends')}
            checked={visibility === 'friends'}
            onChange={(event) => setVisibility(event.target.checked ? 'friends' : 'public')}
          />
          <span className="tiny">{t(visibility === 'friends' ? 'posts.for_friends' : 'posts.for_all')}</span>
        </label>
        <button
          type="submit"
          className="button button-main cut"
          aria-disabled={sending || (!text.trim() && !picture.trim())}
        >
          {t(sending ? 'posts.posting' : 'posts.post')}
        </button>
      </div>
    </form>
  );
}
