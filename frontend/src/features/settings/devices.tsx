import { t } from 'i18next';
import * as z from 'zod/mini';
import { Bones } from '@/components/bones.tsx';
import { Failed } from '@/components/failed.tsx';
import { DeviceIcon } from '@/components/icon.tsx';
import { When } from '@/components/when.tsx';
import { nothing } from '@/lib/api.ts';
import { useClient, useSlot } from '@/stream/client-context.ts';
import { optimistic } from '@/stream/optimistic.ts';
import { slot } from '@/stream/slot.ts';

const deviceSchema = z.object({
  id: z.number(),
  name: z.string(),
  created_at: z.string(),
  last_seen_at: z.string(),
  current: z.boolean(),
});

const devices = slot('devices', '/api/auth/sessions/', z.array(deviceSchema));

type Device = z.infer<typeof deviceSchema>;

/** Where one is signed in. Ending a login ends its sockets within a second. */
export function Devices() {
  const client = useClient();
  const query = useSlot(devices);
  if (query.isPending) return <Bones />;
  if (query.isError) return <Failed what={t('settings.devices.failed')} onRetry={() => void query.refetch()} />;

  const end = (device: Device) =>
    optimistic(client, {
      slots: [devices],
      now: () => client.cache.write(devices, (list) => list.filter((other) => other.id !== device.id)),
      send: () => client.api.send('DELETE', `/api/auth/sessions/${device.id}/`, undefined, nothing),
      failed: t('settings.devices.failed_end', { name: device.name }),
    });

  return (
    <ul className="rows">
      {query.data.map((device) => (
        <li className="row cut" data-hue={device.current ? 'message' : 'none'} key={device.id}>
          <DeviceIcon className="dim" />
          <div className="what">
            <span className="strong block">{device.name || t('settings.devices.unnamed')}</span>
            <span className="sub">
              {device.current ? (
                t('settings.devices.current')
              ) : (
                <>
                  {t('settings.devices.seen')} <When at={device.last_seen_at} />
                </>
              )}
            </span>
          </div>
          {!device.current && (
            <button
              type="button"
              className="button button-danger cut"
              aria-label={t('settings.devices.end_name', { name: device.name })}
              onClick={() => void end(device)}
            >
              {t('settings.devices.end')}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
