/**
 * Writing somebody's name: "@" and a few letters offer the friends first, then whoever else is called so. The focus stays
 * in the field; arrows walk, Enter and Tab take, Escape leaves it as typed.
 */
import { t } from 'i18next';
import { type KeyboardEvent, type RefObject, useDeferredValue, useId, useLayoutEffect, useRef, useState } from 'react';
import { Avatar } from '@/components/avatar.tsx';
import { fullName, type Person } from '@/lib/person.ts';
import { useSlot } from '@/stream/client-context.ts';
import { friends, peopleFound } from '@/stream/members.ts';

type Field = HTMLInputElement | HTMLTextAreaElement;

const most = 6;
const begun = /(?<![\w@])@([\w.+-]{0,30})$/;

function isCalled(person: Person, letters: string): boolean {
  const names = [person.username, ...fullName(person).split(/\s+/)];
  return names.some((name) => name.toLowerCase().startsWith(letters.toLowerCase()));
}

function useCalled(letters: string | null): readonly Person[] {
  const wanted = useDeferredValue(letters ?? '');
  const mine = useSlot(friends, letters !== null).data ?? [];
  const others = useSlot(peopleFound(wanted), wanted.length >= 2).data ?? [];
  if (letters === null) return [];
  const near = mine.filter((person) => isCalled(person, letters));
  const far = wanted.length >= 2 ? others.filter((person) => isCalled(person, letters)) : [];
  return [...near, ...far.filter((person) => near.every((one) => one.id !== person.id))].slice(0, most);
}

interface Mentions {
  /** Spread over the field, beside `value`. */
  field: {
    'aria-autocomplete': 'list';
    'aria-controls': string | undefined;
    'aria-activedescendant': string | undefined;
    onSelect: () => void;
    onBlur: () => void;
  };
  /** Whether the key was meant for the list. */
  press: (event: KeyboardEvent) => boolean;
  list: React.ReactNode;
}

export function useMentions(field: RefObject<Field | null>, text: string, setText: (text: string) => void): Mentions {
  const listId = useId();
  const [caret, setCaret] = useState<number | null>(null);
  const [left, setLeft] = useState<number | null>(null);
  const [chosen, setChosen] = useState(0);
  const place = useRef<number | null>(null);

  const before = caret === null ? null : text.slice(0, caret);
  const letters = before === null ? null : (begun.exec(before)?.[1] ?? null);
  const start = letters === null || caret === null ? null : caret - letters.length - 1;
  const open = start !== null && start !== left;
  const people = useCalled(open ? letters : null);
  const at = Math.min(chosen, people.length - 1);

  // React has put the caret at the end; it belongs behind the name.
  useLayoutEffect(() => {
    if (place.current === null) return;
    field.current?.setSelectionRange(place.current, place.current);
    place.current = null;
  });

  function take(person: Person | undefined): void {
    if (!person || start === null || caret === null) return;
    const name = `@${person.username} `;
    setText(text.slice(0, start) + name + text.slice(caret).replace(/^ /, ''));
    place.current = start + name.length;
    setCaret(null);
    setChosen(0);
  }

  function press(event: KeyboardEvent): boolean {
    if (people.length === 0 || event.ctrlKey || event.metaKey) return false;
    if (event.key === 'ArrowDown') setChosen((at + 1) % people.length);
    else if (event.key === 'ArrowUp') setChosen((at + people.length - 1) % people.length);
    else if (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) take(people[at]);
    else if (event.key === 'Escape') setLeft(start);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  const active = people[at];
  return {
    field: {
      'aria-autocomplete': 'list',
      'aria-controls': active ? listId : undefined,
      'aria-activedescendant': active ? `${listId}-${active.id}` : undefined,
      onSelect: () => {
        setCaret(field.current?.selectionStart ?? null);
        setChosen(0);
      },
      onBlur: () => setCaret(null),
    },
    press,
    list: (
      <>
        {active && (
          <div className="mentions cut">
            <div role="listbox" id={listId} aria-label={t('posts.mention')} tabIndex={-1}>
              {people.map((person, index) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the focus stays in the field, keys are handled there
                <div
                  key={person.id}
                  id={`${listId}-${person.id}`}
                  role="option"
                  aria-selected={index === at}
                  tabIndex={-1}
                  className="menu-item"
                  onPointerDown={(event) => event.preventDefault()}
                  onClick={() => take(person)}
                >
                  <Avatar person={person} size={1} />
                  <span className="line">{fullName(person)}</span>
                  <span className="dimmer tiny">@{person.username}</span>
                </div>
              ))}
            </div>
          </div>
        )}
        <span className="sr" role="status">
          {active ? t('posts.mentionable', { count: people.length, name: fullName(active) }) : ''}
        </span>
      </>
    ),
  };
}
