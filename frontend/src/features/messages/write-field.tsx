import { t } from 'i18next';
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { SendIcon } from '@/components/icon.tsx';
import { type Person, shortName } from '@/lib/person.ts';
import { useMedia } from '@/lib/use-media.ts';
import { useClient } from '@/stream/client-context.ts';

/** What was begun and not sent, by conversation: coming back finds it. */
const drafts = new Map<number, string>();

interface WriteFieldProps {
  person: Person;
}

export function WriteField({ person }: WriteFieldProps) {
  const { outbox, stream } = useClient();
  const [text, setText] = useState(drafts.get(person.id) ?? '');
  const coarse = useMedia('(pointer: coarse)');
  const field = useRef<HTMLTextAreaElement>(null);
  const name = shortName(person);

  useEffect(() => {
    if (!coarse) field.current?.focus({ preventScroll: true });
  }, [coarse]);

  function change(next: string): void {
    setText(next);
    drafts.set(person.id, next);
    if (next.trim()) stream.typing(person.id);
  }

  function send(): void {
    const content = text.trim();
    if (!content) return;
    outbox.add(person, content);
    change('');
    field.current?.focus();
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const press = (event: KeyboardEvent) => {
    // A phone's Enter is a new line; the arrow sends.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || coarse) return;
    event.preventDefault();
    send();
  };

  return (
    <form className="write" onSubmit={submit}>
      <label className="field grow cut">
        <span className="sr">{t('messages.to', { name })}</span>
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          maxLength={4000}
          placeholder={t('messages.prompt', { name })}
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={press}
        />
      </label>
      <button
        type="submit"
        className="button button-main cut"
        aria-label={t('messages.send')}
        aria-disabled={!text.trim()}
      >
        <SendIcon />
      </button>
    </form>
  );
}
