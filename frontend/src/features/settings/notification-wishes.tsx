import { t } from 'i18next';
import type { ReactNode } from 'react';
import { Bones } from '@/components/bones.tsx';
import { Failed } from '@/components/failed.tsx';
import { wishWord } from '@/lib/i18n.ts';
import { useClient, useSlot } from '@/stream/client-context.ts';
import { optimistic } from '@/stream/optimistic.ts';
import { type Channel, type Preferences, preferences, preferencesSchema } from '@/stream/preferences.ts';
import { Muted } from './muted.tsx';

const channels: readonly Channel[] = ['in_app', 'toast', 'sound', 'push'];

interface Wish {
  types?: Record<string, Partial<Record<Channel, boolean>>>;
  quiet_hours?: Partial<Preferences['quiet_hours']>;
  muted_people?: number[];
  muted_posts?: number[];
}

function applied(value: Preferences, { types = {}, quiet_hours, ...muted }: Wish): Preferences {
  const changed = Object.entries(types).map(([type, change]) => {
    const before = value.types[type] ?? { in_app: true, toast: true, sound: true, push: true };
    return [type, { ...before, ...change }] as const;
  });
  return {
    ...value,
    ...muted,
    types: { ...value.types, ...Object.fromEntries(changed) },
    quiet_hours: { ...value.quiet_hours, ...quiet_hours },
  };
}

interface NotificationWishesProps {
  mutedPost: (id: number) => ReactNode;
}

/** What to be told, and how loudly: per kind of news and way of telling, and the hours in which nothing does. */
export function NotificationWishes({ mutedPost }: NotificationWishesProps) {
  const client = useClient();
  const query = useSlot(preferences);
  if (query.isPending) return <Bones />;
  if (query.isError) return <Failed what={t('settings.notifications.failed')} onRetry={() => void query.refetch()} />;
  const { types, quiet_hours: quiet, muted_people: people, muted_posts: posts } = query.data;

  const wish = (change: Wish) =>
    void optimistic(client, {
      slots: [preferences],
      now: () => client.cache.write(preferences, (value) => applied(value, change)),
      async send() {
        const saved = await client.api.send('PATCH', preferences.path, change, preferencesSchema.parse);
        client.cache.write(preferences, () => saved);
      },
      failed: t('settings.notifications.failed_save'),
    });

  return (
    <div className="rows">
      <section className="card cut" data-hue="notify" aria-labelledby="wishes">
        <h2 className="section-head">
          <span className="label" id="wishes">
            {t('settings.notifications.what')}
          </span>
        </h2>
        <table className="wishes">
          <thead>
            <tr>
              <td />
              {channels.map((channel) => (
                <th scope="col" key={channel}>
                  {t(`settings.notifications.channel.${channel}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Object.entries(types).map(([type, has]) => {
              const word = wishWord(type);
              return (
                word && (
                  <tr key={type}>
                    <th scope="row">{word}</th>
                    {channels.map((channel) => (
                      <td key={channel}>
                        <label className="switch">
                          <input
                            type="checkbox"
                            checked={has[channel]}
                            aria-label={`${word}: ${t(`settings.notifications.channel.${channel}`)}`}
                            onChange={(event) => wish({ types: { [type]: { [channel]: event.target.checked } } })}
                          />
                          <span aria-hidden="true" />
                        </label>
                      </td>
                    ))}
                  </tr>
                )
              );
            })}
          </tbody>
        </table>
      </section>
      <section className="card cut" data-hue="notify" aria-labelledby="quiet-hours">
        <h2 className="section-head">
          <span className="label" id="quiet-hours">
            {t('inbox.quiet_hours')}
          </span>
          <label className="switch end">
            <input
              type="checkbox"
              checked={quiet.enabled}
              aria-label={t('inbox.quiet_hours')}
              onChange={(event) =>
                wish({
                  quiet_hours: {
                    enabled: event.target.checked,
                    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
                  },
                })
              }
            />
            <span aria-hidden="true" />
          </label>
        </h2>
        <p className="small dim">{t('inbox.quiet_detail', { from: quiet.start, to: quiet.end })}</p>
        <div className="flow-tight hours">
          {(['start', 'end'] as const).map((edge) => (
            <label className="labelled" key={edge}>
              {t(`settings.notifications.${edge}`)}
              <span className="field cut">
                <input
                  type="time"
                  value={quiet[edge]}
                  disabled={!quiet.enabled}
                  onChange={(event) => event.target.value && wish({ quiet_hours: { [edge]: event.target.value } })}
                />
              </span>
            </label>
          ))}
        </div>
      </section>
      <Muted
        people={people}
        posts={posts}
        mutedPost={mutedPost}
        onUnmuteAll={() => wish({ muted_people: [], muted_posts: [] })}
      />
    </div>
  );
}
