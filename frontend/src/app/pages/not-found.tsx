import { t } from 'i18next';
import { Link } from 'react-router';
import { Empty } from '@/components/empty.tsx';
import { SearchIcon } from '@/components/icon.tsx';

export function NotFound() {
  return (
    <div className="columns">
      <div className="sheet cut">
        <h1 className="sr">{t('not_found.title')}</h1>
        <Empty icon={SearchIcon} title={t('not_found.title')}>
          <p className="dim small">{t('not_found.detail')}</p>
          <Link className="button cut" to="/">
            {t('not_found.home')}
          </Link>
        </Empty>
      </div>
    </div>
  );
}
