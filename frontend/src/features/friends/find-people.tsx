import { t } from 'i18next';
import { useDeferredValue, useState } from 'react';
import { SearchIcon } from '@/components/icon.tsx';
import { useSlot } from '@/stream/client-context.ts';
import { peopleFound } from '@/stream/members.ts';
import { PersonRow } from './person-row.tsx';

/** Search among everybody, by name. */
export function FindPeople() {
  const [text, setText] = useState('');
  const words = useDeferredValue(text.trim());
  const found = useSlot(peopleFound(words), words.length >= 2);
  return (
    <section className="card cut" aria-label={t('friends.find')}>
      <label className="field field-soft cut">
        <SearchIcon small className="dimmer" />
        <span className="sr">{t('friends.find')}</span>
        <input
          type="search"
          placeholder={t('friends.find')}
          value={text}
          onChange={(event) => setText(event.target.value)}
          autoComplete="off"
        />
      </label>
      {words.length >= 2 && (
        <ul className="found">
          {found.data?.map((person) => (
            <PersonRow key={person.id} person={person} />
          ))}
        </ul>
      )}
      <p className="sr" role="status">
        {words.length >= 2 && found.data ? t('friends.found', { count: found.data.length }) : ''}
      </p>
      {words.length >= 2 && found.data?.length === 0 && (
        <p className="small dim found">{t('friends.nobody', { words })}</p>
      )}
    </section>
  );
}
