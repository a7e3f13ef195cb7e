import { t } from 'i18next';
import { Link } from 'react-router';
import type { ActionProps } from '@/stream/notification.tsx';

export function ReplyLink({ link, done }: ActionProps) {
  return (
    <Link className="button cut" to={link} onClick={done}>
      {t('messages.reply')}
    </Link>
  );
}
