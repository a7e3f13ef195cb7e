/** Typing, presence and live counts: no number, no promise. They expire, or carry a version; the latest wins. */
import type { Ephemeral as Frame } from '@numeneon/stream-client';
import { createStore, type Store } from '@/lib/store.ts';

export type Activity = Extract<Frame, { type: 'post_activity' }>;

export interface Ephemeral {
  /** Who is typing to me. */
  typing: Pick<Store<ReadonlySet<number>>, 'get' | 'subscribe'>;
  /** Who came or went since the friends list was read. */
  presence: Pick<Store<ReadonlyMap<number, boolean>>, 'get' | 'subscribe'>;
  /** Returns the counts of a post when the frame brought newer ones than are known. */
  receive(frame: Frame): Activity | null;
  /** A message has come: its writer is no longer typing. */
  stoppedTyping(user: number): void;
  /** After a new beginning nothing ephemeral is known any more. */
  clear(): void;
}

/** A typing frame comes every two seconds while somebody types. */
const typingLasts = 5000;

export function createEphemeral(): Ephemeral {
  const typing = createStore<ReadonlySet<number>>(new Set());
  const presence = createStore<ReadonlyMap<number, boolean>>(new Map());
  const versions = new Map<number, number>();
  const timers = new Map<number, ReturnType<typeof setTimeout>>();

  function stoppedTyping(user: number): void {
    clearTimeout(timers.get(user));
    timers.delete(user);
    if (typing.get().has(user)) typing.set(new Set([...typing.get()].filter((other) => other !== user)));
  }

  function isTyping(user: number): void {
    clearTimeout(timers.get(user));
    timers.set(
      user,
      setTimeout(() => stoppedTyping(user), typingLasts),
    );
    if (!typing.get().has(user)) typing.set(new Set([...typing.get(), user]));
  }

  return {
    typing,
    presence,
    stoppedTyping,
    receive(frame) {
      switch (frame.type) {
        case 'typing':
          isTyping(frame.from_user);
          return null;
        case 'presence':
          presence.set(new Map([...presence.get(), [frame.user, frame.online]]));
          return null;
        case 'post_activity':
          if ((versions.get(frame.post_id) ?? -1) >= frame.version) return null;
          versions.set(frame.post_id, frame.version);
          return frame;
      }
    },
    clear() {
      for (const user of [...timers.keys()]) stoppedTyping(user);
      presence.set(new Map());
      versions.clear();
    },
  };
}
