/**
 * What waits beside the bell. Three at most, and one on a phone, where three would cover what somebody is reading: the
 * oldest news leaves first, since the bell keeps it anyway. Errors and offers to undo are never pushed out.
 * Time is an argument of nobody: the skin runs the timers, because only it knows about hovering and focus.
 */
import type { ReactNode } from 'react';
import type { Icon } from '@/components/icon.tsx';
import type { Hue } from './hue.ts';
import type { Person } from './person.ts';
import { createStore, type Store } from './store.ts';

export interface Toast {
  id: string;
  kind: 'news' | 'undo' | 'error';
  hue: Hue;
  icon: Icon;
  people: readonly Person[];
  text: ReactNode;
  detail: string | null;
  /** Where the whole toast leads. */
  link: string | null;
  action: ToastAction | null;
}

/** What can be done right there. It ends the toast. */
type ToastAction = { label: string; run: () => void } | { render: (done: () => void) => ReactNode };

export type NewToast = Pick<Toast, 'kind' | 'hue' | 'icon' | 'text'> &
  Partial<Omit<Toast, 'kind' | 'hue' | 'icon' | 'text'>>;

export interface ToastQueue extends Pick<Store<readonly Toast[]>, 'get' | 'subscribe'> {
  show(toast: NewToast): string;
  dismiss(id: string): void;
  /** The news has gone into the bell. */
  dismissNews(): void;
  clear(): void;
}

export function createToastQueue(limit: () => number): ToastQueue {
  const store = createStore<readonly Toast[]>([]);
  let next = 0;
  return {
    get: store.get,
    subscribe: store.subscribe,
    show(toast) {
      const id = toast.id ?? `toast-${++next}`;
      const whole: Toast = { people: [], detail: null, link: null, action: null, ...toast, id };
      store.set(trim([whole, ...store.get().filter((other) => other.id !== id)], limit()));
      return id;
    },
    dismiss: (id) => store.set(store.get().filter((toast) => toast.id !== id)),
    dismissNews: () => store.set(store.get().filter((toast) => toast.kind !== 'news')),
    clear: () => store.set([]),
  };
}

function trim(toasts: readonly Toast[], limit: number): readonly Toast[] {
  if (toasts.length <= limit) return toasts;
  const oldest = toasts.findLastIndex((toast, index) => toast.kind === 'news' && index > 0);
  const leaves = oldest > 0 ? oldest : toasts.length - 1;
  return trim(
    toasts.filter((_, index) => index !== leaves),
    limit,
  );
}
