import { t } from 'i18next';
import { lazy, Suspense, useState } from 'react';
import { Outlet, useLocation } from 'react-router';
import { Bones } from '@/components/bones.tsx';
import { Toasts } from '@/components/toasts.tsx';
import { useUnseen } from '@/features/notifications/bell.tsx';
import { useShortcuts } from '@/lib/shortcuts.ts';
import { useStore } from '@/lib/store.ts';
import { useClient, useSlot } from '@/stream/client-context.ts';
import { preferences } from '@/stream/preferences.ts';
import { Banner } from './banner.tsx';
import { Bar } from './bar.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Dock, Rail } from './navigation.tsx';
import { useTabTitle } from './use-tab-title.ts';

const Help = lazy(async () => ({ default: (await import('./help.tsx')).Help }));

/** The frame every signed-in page lives in. */
export function Shell() {
  const { toasts, announcer } = useClient();
  const { pathname } = useLocation();
  const [help, setHelp] = useState(false);
  const said = useStore(announcer);
  useTabTitle(useUnseen());
  useSlot(preferences);
  useShortcuts({
    '/': () => document.getElementById('search')?.focus(),
    '?': () => setHelp(true),
  });
  return (
    <>
      <a className="skip button cut" href="#main">
        {t('skip')}
      </a>
      <div className="app">
        <Bar onHelp={() => setHelp(true)} />
        <Rail />
        <main className="main" id="main" tabIndex={-1}>
          <Banner />
          <ErrorBoundary key={pathname}>
            <Suspense fallback={<Bones />}>
              <Outlet />
            </Suspense>
          </ErrorBoundary>
        </main>
        <Dock />
      </div>
      <Toasts queue={toasts} />
      <div className="sr" role="status" aria-live="polite">
        {said}
      </div>
      {help && (
        <Suspense fallback={null}>
          <Help onClose={() => setHelp(false)} />
        </Suspense>
      )}
    </>
  );
}
