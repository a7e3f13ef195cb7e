/** Hear no more of a person or a post, and hear of them again. */
import { t } from 'i18next';
import { MuteIcon } from '@/components/icon.tsx';
import type { Client } from './client-context.ts';
import { optimistic } from './optimistic.ts';
import { type Preferences, preferences, preferencesSchema } from './preferences.ts';

export interface Subject {
  kind: 'people' | 'posts';
  id: number;
  name: string;
}

export function isMuted(wishes: Preferences | undefined, { kind, id }: Subject): boolean {
  return wishes?.[`muted_${kind}`].includes(id) ?? false;
}

export async function setMuted(client: Client, subject: Subject, muted: boolean): Promise<void> {
  const { kind, id, name } = subject;
  const key = `muted_${kind}` as const;
  const agreed = await optimistic(client, {
    slots: [preferences],
    now: () =>
      client.cache.write(preferences, (value) => {
        const rest = value[key].filter((other) => other !== id);
        return { ...value, [key]: muted ? [...rest, id] : rest };
      }),
    async send() {
      const saved = await client.api.send(
        muted ? 'PUT' : 'DELETE',
        `/api/notifications/muted/${kind}/${id}/`,
        undefined,
        preferencesSchema.parse,
      );
      client.cache.write(preferences, () => saved);
    },
    failed: t('mute.failed', { name }),
  });
  if (!agreed || !muted) return;
  client.toasts.show({
    kind: 'undo',
    hue: 'none',
    icon: MuteIcon,
    text: t('mute.done', { name }),
    action: { label: t('undo'), run: () => void setMuted(client, subject, false) },
  });
}
