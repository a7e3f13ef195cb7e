import { t } from 'i18next';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { Bones } from '@/components/bones.tsx';
import { Failed } from '@/components/failed.tsx';
import { fullName, type Person, shortName } from '@/lib/person.ts';
import { useClient, useSlot } from '@/stream/client-context.ts';
import { setMuted } from '@/stream/muting.ts';
import { mutedPeople } from '@/stream/preferences.ts';

interface MutedProps {
  people: readonly number[];
  posts: readonly number[];
  /** What a post looks like in a list belongs to another feature. */
  mutedPost: (id: number) => ReactNode;
  onUnmuteAll: () => void;
}

/** Of whom and what one hears no more, and the way back. */
export function Muted({ people, posts, mutedPost, onUnmuteAll }: MutedProps) {
  if (people.length + posts.length === 0) return null;
  return (
    <section className="card cut" aria-labelledby="muted" data-hue="none">
      <h2 className="section-head">
        <span className="label dim" id="muted">
          {t('settings.notifications.muted')}
        </span>
        {people.length + posts.length > 1 && (
          <button type="button" className="button cut end" onClick={onUnmuteAll}>
            {t('settings.notifications.unmute_all')}
          </button>
        )}
      </h2>
      <ul aria-labelledby="muted">
        {people.length > 0 && <MutedPeople ids={people} />}
        {posts.map((id) => (
          <li className="plain-row" key={id}>
            <div className="grow">{mutedPost(id)}</div>
            <Unmute kind="posts" id={id} name={t('mute.this_post')} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface MutedPeopleProps {
  ids: readonly number[];
}

function MutedPeople({ ids }: MutedPeopleProps) {
  const query = useSlot(mutedPeople(ids.join(',')));
  if (query.isPending) return <Bones />;
  if (query.isError)
    return <Failed what={t('settings.notifications.muted_failed')} onRetry={() => void query.refetch()} />;
  return query.data.map((person) => <MutedPerson person={person} key={person.id} />);
}

interface MutedPersonProps {
  person: Person;
}

function MutedPerson({ person }: MutedPersonProps) {
  return (
    <li className="plain-row">
      <Avatar person={person} />
      <Link className="grow strong" to={`/people/${person.username}`}>
        {fullName(person)}
      </Link>
      <Unmute kind="people" id={person.id} name={shortName(person)} />
    </li>
  );
}

interface UnmuteProps {
  kind: 'people' | 'posts';
  id: number;
  name: string;
}

function Unmute({ kind, id, name }: UnmuteProps) {
  const client = useClient();
  return (
    <button
      type="button"
      className="button cut"
      aria-label={kind === 'posts' ? t('mute.lift_post') : t('mute.lift_name', { name })}
      onClick={() => void setMuted(client, { kind, id, name }, false)}
    >
      {t('mute.lift')}
    </button>
  );
}
