import { t } from 'i18next';

export function Home() {
  return <h1 className="sr">{t('nav.home')}</h1>;
}
