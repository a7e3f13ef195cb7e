import { t } from 'i18next';
import { type KeyboardEvent, useDeferredValue, useId, useState } from 'react';
import { useNavigate } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { SearchIcon } from '@/components/icon.tsx';
import { fullName, type Person } from '@/lib/person.ts';
import { useSlot } from '@/stream/client-context.ts';
import { peopleFound } from '@/stream/members.ts';

/** The search of the bar: a combobox over everybody, "/" from anywhere. */
export function Search() {
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const words = useDeferredValue(text.trim());
  const { data } = useSlot(peopleFound(words), words.length >= 2);
  const navigate = useNavigate();
  const listId = useId();
  const found = words.length >= 2 ? (data ?? []).slice(0, 7) : [];
  const shown = open && words.length >= 2 && data !== undefined;

  function choose(person: Person | undefined): void {
    if (!person) return;
    setText('');
    setOpen(false);
    void navigate(`/people/${person.username}`);
  }

  function press(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.key === 'ArrowDown') setAt((index) => Math.min(index + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setAt((index) => Math.max(index - 1, 0));
    else if (event.key === 'Enter') choose(found[at]);
    else if (event.key === 'Escape') {
      setOpen(false);
      event.currentTarget.blur();
    } else return;
    event.preventDefault();
  }

  return (
    <div className="search wide-only">
      <label className="field field-soft cut">
        <SearchIcon small className="dimmer" />
        <span className="sr">{t('search.label')}</span>
        <input
          id="search"
          role="combobox"
          aria-expanded={shown}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={shown && found[at] ? `${listId}-${found[at].id}` : undefined}
          placeholder={t('search.label')}
          autoComplete="off"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
            setOpen(true);
          }}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={press}
        />
        <kbd>/</kbd>
      </label>
      <div className="search-found cut" hidden={!shown}>
        <div role="listbox" id={listId} aria-label={t('search.results')} tabIndex={-1}>
          {found.map((person, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: a combobox keeps the focus in its input, keys are handled there
            <div
              key={person.id}
              id={`${listId}-${person.id}`}
              role="option"
              aria-selected={index === at}
              tabIndex={-1}
              className="menu-item"
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => choose(person)}
            >
              <Avatar person={person} size={1} />
              <span className="line">{fullName(person)}</span>
              <span className="dimmer tiny">@{person.username}</span>
            </div>
          ))}
        </div>
        {shown && found.length === 0 && <p className="small dim search-none">{t('friends.nobody', { words })}</p>}
      </div>
    </div>
  );
}
