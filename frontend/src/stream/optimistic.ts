/** Act first, ask afterwards: the copies change at once, and go back with clear words when the server says no. */
import { t } from 'i18next';
import { AlertIcon } from '@/components/icon.tsx';
import { ApiError } from '@/lib/api.ts';
import type { Client } from './client-context.ts';
import type { Slot } from './slot.ts';

export interface Change {
  /** The copies concerned; answers on their way to them are dropped, and a failure reloads them. */
  slots: readonly Slot<unknown>[];
  now(): void;
  send(): Promise<void>;
  /** What did not happen, in words: "Luca could not be added." */
  failed: string;
}

export function words(error: unknown): string {
  return error instanceof ApiError ? error.message : t('error.network');
}

/** True when the server agreed. */
export async function optimistic(client: Client, change: Change): Promise<boolean> {
  await Promise.all(change.slots.map((slot) => client.cache.settle(slot)));
  const before = change.slots.map((slot) => ({ slot, value: client.cache.read(slot) }));
  change.now();
  try {
    await change.send();
    return true;
  } catch (error) {
    for (const { slot, value } of before) {
      if (value !== undefined) client.cache.write(slot, () => value);
    }
    await Promise.all(change.slots.map((slot) => client.cache.reload(slot)));
    client.toasts.show({
      kind: 'error',
      hue: 'danger',
      icon: AlertIcon,
      text: change.failed,
      detail: words(error),
      action: { label: t('again'), run: () => void optimistic(client, change) },
    });
    return false;
  }
}
