import { t } from 'i18next';
import { useSlot } from '@/stream/client-context.ts';
import { PersonRow } from './person-row.tsx';
import { suggestions } from './slots.ts';

export function Suggestions() {
  const people = useSlot(suggestions);
  if (!people.data?.length) return null;
  return (
    <section className="card cut" aria-labelledby="suggestions">
      <h2 className="section-head">
        <span className="label dim" id="suggestions">
          {t('friends.suggestions')}
        </span>
      </h2>
      <ul>
        {people.data.slice(0, 6).map((person) => (
          <PersonRow key={person.id} person={person} mutual={person.mutual_friends} />
        ))}
      </ul>
    </section>
  );
}
