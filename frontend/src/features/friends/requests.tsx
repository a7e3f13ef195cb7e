import { t } from 'i18next';
import { useState } from 'react';
import { Bones } from '@/components/bones.tsx';
import { Failed } from '@/components/failed.tsx';
import { PeopleIcon } from '@/components/icon.tsx';
import type { Person } from '@/lib/person.ts';
import { useFriendActions } from './actions.ts';
import { AcceptedRow, RequestRow } from './request-row.tsx';
import type { ReceivedRequest } from './slots.ts';
import { useRequests } from './use-friends.ts';

/** Requests in; an accepted one stays in its place for a while, so that it can be taken back. */
export function Requests() {
  const actions = useFriendActions();
  const requests = useRequests();
  const [accepted, setAccepted] = useState<readonly Person[]>([]);

  const forget = (person: Person) => setAccepted((people) => people.filter((other) => other.id !== person.id));

  async function accept(request: ReceivedRequest): Promise<void> {
    const person = request.from_user;
    setAccepted((people) => [...people, person]);
    if (!(await actions.accept(request))) forget(person);
  }

  if (requests.isPending) return <Bones rows={2} />;
  if (requests.isError) return <Failed what={t('friends.failed.requests')} onRetry={() => void requests.refetch()} />;
  const waiting = requests.data ?? [];
  if (waiting.length + accepted.length === 0) return null;
  return (
    <section className="section" data-hue="notify" aria-labelledby="requests">
      <h2 className="section-head">
        <PeopleIcon className="hue" />
        <span className="label" id="requests">
          {t('friends.requests')}
        </span>
        {waiting.length > 0 && <span className="badge end">{waiting.length}</span>}
      </h2>
      <ul className="rows">
        {waiting.map((request) => (
          <RequestRow key={request.id} request={request} onAccept={(one) => void accept(one)} />
        ))}
        {accepted.map((person) => (
          <AcceptedRow
            key={`accepted-${person.id}`}
            person={person}
            onUndo={() => {
              forget(person);
              void actions.remove(person);
            }}
          />
        ))}
      </ul>
    </section>
  );
}
