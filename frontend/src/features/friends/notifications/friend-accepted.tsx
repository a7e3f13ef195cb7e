import * as z from 'zod/mini';
import { PeopleIcon } from '@/components/icon.tsx';
import { Sentence } from '@/components/sentence.tsx';
import { personSchema } from '@/lib/person.ts';
import { defineNotification } from '@/stream/notification.tsx';
import { SayHello } from '../say-hello.tsx';
import { join } from '../slots.ts';

export default defineNotification('friend_accepted', {
  members: z.object({ from_user: personSchema }),
  icon: PeopleIcon,
  hue: 'notify',
  people: (n) => [n.from_user],
  text: ({ people, count }) => <Sentence id="notification.friend_accepted" people={people} count={count} />,
  link: (n) => `/people/${n.from_user.username}`,
  apply: (cache, n) => join(cache, n.from_user),
  Actions: SayHello,
});
