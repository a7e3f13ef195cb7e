/** Everything that can be done about a friendship, each with its words for when it fails. */
import { t } from 'i18next';
import { useMemo } from 'react';
import * as z from 'zod/mini';
import { BlockIcon, UndoIcon } from '@/components/icon.tsx';
import { nothing } from '@/lib/api.ts';
import { type Person, personSchema, shortName } from '@/lib/person.ts';
import { type Client, useClient } from '@/stream/client-context.ts';
import { friends } from '@/stream/members.ts';
import { optimistic } from '@/stream/optimistic.ts';
import {
  addFriend,
  addPerson,
  addSent,
  blocks,
  type ReceivedRequest,
  received,
  removePerson,
  removeReceivedFrom,
  removeSentTo,
  sent,
  suggestions,
} from './slots.ts';

const acceptedSchema = z.object({ friend: personSchema });
const sentAnswerSchema = z.object({ id: z.optional(z.number()) });

export function declineKey(request: ReceivedRequest): string {
  return `decline:${request.id}`;
}

function friendActions(client: Client) {
  const { api, cache, held, toasts } = client;

  const unblock = (person: Person) =>
    optimistic(client, {
      slots: [blocks],
      now: () => cache.write(blocks, removePerson(person.id)),
      send: () => api.send('DELETE', `/api/auth/blocks/${person.id}/`, undefined, nothing),
      failed: t('friends.failed.unblock', { name: shortName(person) }),
    });

  return {
    accept: (request: ReceivedRequest) =>
      optimistic(client, {
        slots: [friends, received],
        now() {
          cache.write(received, removeReceivedFrom(request.from_user.id));
          cache.write(friends, addFriend(request.from_user));
        },
        async send() {
          const answer = await api.send('POST', `/api/friends/accept/${request.id}/`, undefined, acceptedSchema.parse);
          cache.write(friends, addFriend(answer.friend));
          void cache.reload(friends);
        },
        failed: t('friends.failed.accept', { name: shortName(request.from_user) }),
      }),

    /** Held back for five seconds, so that Undo is the truth and not an apology. */
    decline(request: ReceivedRequest): void {
      const path = `/api/friends/decline/${request.id}/`;
      const name = shortName(request.from_user);
      const key = declineKey(request);
      held.hold(key, {
        send() {
          toasts.dismiss(key);
          void optimistic(client, {
            slots: [received],
            now: () => cache.write(received, removeReceivedFrom(request.from_user.id)),
            send: () => api.send('POST', path, undefined, nothing),
            failed: t('friends.failed.decline', { name }),
          });
        },
        sendLast: () => api.sendLast('POST', path),
      });
      toasts.show({
        id: key,
        kind: 'undo',
        hue: 'notify',
        icon: UndoIcon,
        text: t('friends.declined', { name }),
        action: { label: t('undo'), run: () => void held.release(key) },
      });
    },

    ask: (person: Person) =>
      optimistic(client, {
        slots: [sent, suggestions],
        now() {
          cache.write(sent, addSent({ id: -person.id, to_user: person, created_at: new Date().toISOString() }));
          cache.write(suggestions, removePerson(person.id));
        },
        async send() {
          await api.send('POST', `/api/friends/request/${person.id}/`, undefined, sentAnswerSchema.parse);
          // A request that crosses one in the other direction makes friends at once; the lists know.
          await Promise.all([cache.reload(sent), cache.reload(received), cache.reload(friends)]);
        },
        failed: t('friends.failed.ask', { name: shortName(person) }),
      }),

    cancel: (person: Person) =>
      optimistic(client, {
        slots: [sent],
        now: () => cache.write(sent, removeSentTo(person.id)),
        send: () => api.send('DELETE', `/api/friends/cancel/${person.id}/`, undefined, nothing),
        failed: t('friends.failed.cancel', { name: shortName(person) }),
      }),

    remove: (person: Person) =>
      optimistic(client, {
        slots: [friends],
        now: () => cache.write(friends, removePerson(person.id)),
        send: () => api.send('DELETE', `/api/friends/remove/${person.id}/`, undefined, nothing),
        failed: t('friends.failed.remove', { name: shortName(person) }),
      }),

    async block(person: Person): Promise<void> {
      const agreed = await optimistic(client, {
        slots: [friends, received, sent, suggestions, blocks],
        now() {
          cache.write(friends, removePerson(person.id));
          cache.write(received, removeReceivedFrom(person.id));
          cache.write(sent, removeSentTo(person.id));
          cache.write(suggestions, removePerson(person.id));
          cache.write(blocks, addPerson(person));
        },
        send: () => api.send('POST', `/api/auth/blocks/${person.id}/`, undefined, nothing),
        failed: t('friends.failed.block', { name: shortName(person) }),
      });
      if (!agreed) return;
      toasts.show({
        kind: 'undo',
        hue: 'notify',
        icon: BlockIcon,
        text: t('friends.blocked', { name: shortName(person) }),
        detail: t('friends.blocked_detail'),
        action: { label: t('friends.unblock'), run: () => void unblock(person) },
      });
    },

    unblock,
  };
}

export function useFriendActions() {
  const client = useClient();
  return useMemo(() => friendActions(client), [client]);
}
