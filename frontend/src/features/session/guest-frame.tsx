import { t } from 'i18next';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { PeopleIcon } from '@/components/icon.tsx';
import { ThemeSwitch } from '@/components/theme-switch.tsx';
import { Wordmark } from '@/components/wordmark.tsx';
import type { Person } from '@/lib/person.ts';

const maria: Person = {
  id: 1,
  username: 'maria',
  first_name: 'Maria',
  last_name: '',
  profile_picture: '/assets/portraits/maria.svg',
};
const pablo: Person = {
  id: 2,
  username: 'pablo',
  first_name: 'Pablo',
  last_name: '',
  profile_picture: '/assets/portraits/pablo.svg',
};

interface GuestFrameProps {
  children: ReactNode;
}

/** What a guest sees: the sign, the promise, and the way in beside it. */
export function GuestFrame({ children }: GuestFrameProps) {
  return (
    <div className="landing">
      <header className="bar">
        <div className="bar-end">
          <ThemeSwitch />
          <Link className="button button-quiet cut" to="/demo">
            {t('landing.demo')}
          </Link>
        </div>
      </header>
      <main className="hero">
        <div>
          <Wordmark className="sign" />
          <h1>{t('landing.line')}</h1>
          <p className="lead">{t('landing.lead')}</p>
          <div className="wire" data-hue="notify">
            <div className="wire-end">
              <Avatar person={maria} size={4} />
              {t('landing.accepts')}
            </div>
            <div className="beam" aria-hidden="true" />
            <div className="wire-end">
              <Avatar person={pablo} size={4}>
                <span className="glyph">
                  <PeopleIcon />
                </span>
              </Avatar>
              {t('landing.knows')}
            </div>
          </div>
        </div>
        {children}
      </main>
      <footer className="foot">
        <Link to="/demo">{t('landing.watch')}</Link>
      </footer>
    </div>
  );
}
