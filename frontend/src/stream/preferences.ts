/** What somebody wants to be told, and how loudly. Whether a notice is wanted at all is written into the entry by the server. */
import * as z from 'zod/mini';
import { personSchema } from '@/lib/person.ts';
import { family, slot } from './slot.ts';

const channelsSchema = z.object({ in_app: z.boolean(), toast: z.boolean(), sound: z.boolean(), push: z.boolean() });

export const preferencesSchema = z.object({
  types: z.record(z.string(), channelsSchema),
  quiet_hours: z.object({ enabled: z.boolean(), start: z.string(), end: z.string(), timezone: z.string() }),
  muted_people: z.array(z.number()),
  muted_posts: z.array(z.number()),
});

export type Preferences = z.infer<typeof preferencesSchema>;
export type Channel = keyof z.infer<typeof channelsSchema>;

export const preferences = slot('preferences', '/api/notifications/preferences/', preferencesSchema);

/** Who they are. Asked for again whenever the ids change, by whichever device. */
export const mutedPeople = family('muted', (_ids: string) => '/api/notifications/muted/', z.array(personSchema));

/** Hours that end before they start go over midnight. */
function isQuiet({ enabled, start, end, timezone }: Preferences['quiet_hours'], now: Date): boolean {
  if (!enabled) return false;
  const clock = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: timezone,
  }).format(now);
  return start <= end ? start <= clock && clock < end : clock >= start || clock < end;
}

/** Until the preferences are known, the defaults of every type: say it. */
export function allows(wishes: Preferences | undefined, type: string, channel: Channel, now: Date): boolean {
  if (!wishes) return channel !== 'sound';
  return (wishes.types[type]?.[channel] ?? true) && !isQuiet(wishes.quiet_hours, now);
}
