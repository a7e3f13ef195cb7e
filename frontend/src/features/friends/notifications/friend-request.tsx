import * as z from 'zod/mini';
import { PeopleIcon } from '@/components/icon.tsx';
import { Sentence } from '@/components/sentence.tsx';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { AnswerRequest } from '../answer-request.tsx';
import { addReceived, received, removePerson, suggestions } from '../slots.ts';

export default defineNotification('friend_request', {
  members: z.object({ request_id: z.number(), from_user: personSchema, created_at: z.string() }),
  icon: PeopleIcon,
  hue: 'notify',
  people: (n) => [n.from_user],
  text: ({ people, count }) => <Sentence id="notification.friend_request" people={people} count={count} />,
  link: () => '/friends',
  apply(cache, n) {
    cache.update(received, addReceived({ id: n.request_id, from_user: n.from_user, created_at: n.created_at }));
    cache.update(suggestions, removePerson(n.from_user.id));
  },
  Actions: AnswerRequest,
});
