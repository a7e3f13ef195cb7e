import * as z from 'zod/mini';
import { defineNotification } from '@/stream/notification.tsx';
import { preferences, preferencesSchema } from '@/stream/preferences.ts';

/** I decided differently, on another of my devices. */
export default defineNotification('preferences_changed', {
  silent: true,
  members: z.object({ preferences: preferencesSchema }),
  apply: (cache, n) => cache.update(preferences, () => n.preferences),
});
