import { t } from 'i18next';
import { useCallback, useEffect } from 'react';
import { Link } from 'react-router';
import { OfflineIcon, OnlineIcon } from '@/components/icon.tsx';
import { conversations } from '@/features/messages/slots.ts';
import { useClient } from '@/stream/client-context.ts';
import { useConnection } from '@/stream/connection.ts';
import { inbox } from '@/stream/inbox.ts';

/** Light is connection: offline every light goes out, and the words below only say why. */
export function Banner() {
  const { cache, stream } = useClient();
  const newsSince = useCallback(
    (time: number) => {
      const since = (at: string | undefined) => at !== undefined && Date.parse(at) >= time;
      const rows = cache.read(inbox)?.results.filter((row) => !row.seen && since(row.at)) ?? [];
      const talks =
        cache.read(conversations)?.filter((one) => one.unread_count > 0 && since(one.last_message?.created_at)) ?? [];
      return rows.length + talks.reduce((sum, one) => sum + one.unread_count, 0);
    },
    [cache],
  );
  const connection = useConnection(newsSince);
  const dark = connection.state === 'offline' || connection.state === 'reconnecting';

  useEffect(() => {
    const { dataset } = document.documentElement;
    if (dark) dataset.connection = 'offline';
    else delete dataset.connection;
  }, [dark]);

  return (
    <div className="banner-place" role="status">
      {connection.state === 'reconnecting' && (
        <div className="banner cut">
          <span className="seek" aria-hidden="true" />
          <span className="grow">{t('connection.reconnecting')}</span>
          <button type="button" className="button button-quiet cut" onClick={() => stream.wake()}>
            {t('connection.try_now')}
          </button>
        </div>
      )}
      {connection.state === 'offline' && (
        <div className="banner cut">
          <OfflineIcon small className="dim" />
          <span className="grow">{t('connection.offline')}</span>
        </div>
      )}
      {connection.state === 'back' && (
        <div className="banner cut" data-hue="notify">
          <OnlineIcon small className="hue" />
          <span className="grow">
            {connection.news > 0 ? t('connection.back_new', { count: connection.news }) : t('connection.back')}
          </span>
          {connection.news > 0 && (
            <Link className="button cut" to="/notifications">
              {t('connection.show')}
            </Link>
          )}
        </div>
      )}
    </div>
  );
}
