/** Which page, for whom. Pages come in their own chunks; the frame and the news come first. */
import { t } from 'i18next';
import { lazy, Suspense } from 'react';
import { BrowserRouter, Navigate, Route, Routes, useSearchParams } from 'react-router';
import { Empty } from '@/components/empty.tsx';
import { OfflineIcon } from '@/components/icon.tsx';
import { FriendsProvider } from '@/contexts/FriendsContext.tsx';
import { SessionProvider, useSession } from '@/contexts/SessionContext.tsx';
import { ErrorBoundary } from './shell/error-boundary.tsx';
import { Shell } from './shell/shell.tsx';

const Home = lazy(async () => ({ default: (await import('./pages/home.tsx')).Home }));
const Friends = lazy(async () => ({ default: (await import('@/features/friends/friends-page.tsx')).FriendsPage }));
const Notifications = lazy(async () => ({
  default: (await import('@/features/notifications/inbox-page.tsx')).InboxPage,
}));
const Messages = lazy(async () => ({ default: (await import('./pages/messages.tsx')).Messages }));
const Settings = lazy(async () => ({ default: (await import('./pages/settings.tsx')).Settings }));
const PersonPage = lazy(async () => ({ default: (await import('./pages/person.tsx')).PersonPage }));
const PostPage = lazy(async () => ({ default: (await import('@/features/posts/post-page.tsx')).PostPage }));
const Demo = lazy(async () => ({ default: (await import('./pages/demo.tsx')).Demo }));
const Guest = lazy(async () => ({ default: (await import('./pages/guest.tsx')).Guest }));
const NotFound = lazy(async () => ({ default: (await import('./pages/not-found.tsx')).NotFound }));

export function App() {
  return (
    <ErrorBoundary>
      <BrowserRouter>
        <Suspense fallback={null}>
          <Routes>
            <Route path="/demo" element={<Demo />} />
            <Route
              path="*"
              element={
                <SessionProvider>
                  <Pages />
                </SessionProvider>
              }
            />
          </Routes>
        </Suspense>
      </BrowserRouter>
    </ErrorBoundary>
  );
}

function Pages() {
  const { session, api, ask, ended } = useSession();
  switch (session.state) {
    case 'asking':
      return null;
    case 'unreachable':
      return (
        <main className="alone">
          <Empty icon={OfflineIcon} title={t('error.unreachable')}>
            <button type="button" className="button cut" onClick={() => void ask()}>
              {t('again')}
            </button>
          </Empty>
        </main>
      );
    case 'guest':
      return (
        <Routes>
          <Route path="/sign-up" element={<Guest form="sign-up" />} />
          <Route path="/sign-in" element={<Guest form="sign-in" />} />
          <Route path="/" element={<Guest form="sign-in" />} />
          <Route path="*" element={<ToSignIn />} />
        </Routes>
      );
    case 'member':
      return (
        <FriendsProvider
          key={session.me.id}
          me={session.me}
          cursor={session.cursor}
          api={api}
          shared
          onSignedOut={ended}
          onChanged={ask}
        >
          <Routes>
            <Route element={<Shell />}>
              <Route path="/" element={<Home />} />
              <Route path="/friends" element={<Friends />} />
              <Route path="/notifications" element={<Notifications />} />
              <Route path="/messages/:username?" element={<Messages />} />
              <Route path="/settings/*" element={<Settings />} />
              <Route path="/people/:username" element={<PersonPage />} />
              <Route path="/posts/:id" element={<PostPage />} />
              <Route path="/sign-in" element={<Arrived />} />
              <Route path="/sign-up" element={<Navigate to="/" replace />} />
              <Route path="*" element={<NotFound />} />
            </Route>
          </Routes>
        </FriendsProvider>
      );
  }
}

/** A guest who followed a link comes back to it after signing in. */
function ToSignIn() {
  const path = window.location.pathname + window.location.search;
  return <Navigate to={`/sign-in?next=${encodeURIComponent(path)}`} replace />;
}

function Arrived() {
  const [query] = useSearchParams();
  const next = query.get('next') ?? '/';
  // Only a path of our own: "//elsewhere" is another site.
  return <Navigate to={/^\/(?![/\\])/.test(next) ? next : '/'} replace />;
}
