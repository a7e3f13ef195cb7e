import { useStore } from '@/lib/store.ts';
import { useClient, useSlot } from '@/stream/client-context.ts';
import { type Friend, friends } from '@/stream/members.ts';
import { declineKey } from './actions.ts';
import { type ReceivedRequest, received } from './slots.ts';

/** The friends, with whoever came or went since the list was read; those who are here first. */
export function useFriends() {
  const presence = useStore(useClient().ephemeral.presence);
  const query = useSlot(friends);
  const list: Friend[] | undefined = query.data?.map((friend) => ({
    ...friend,
    online: presence.get(friend.id) ?? friend.online,
  }));
  return { ...query, data: list };
}

/** Requests that wait for an answer: those being declined have had theirs. */
export function useRequests() {
  const held = useStore(useClient().held);
  const query = useSlot(received);
  const list: ReceivedRequest[] | undefined = query.data?.filter((request) => !held.has(declineKey(request)));
  return { ...query, data: list };
}
