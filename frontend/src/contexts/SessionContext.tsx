/** Who is signed in. A page is a guest's, a member's, or not known yet; nothing else asks the server about it. */
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import { type Api, ApiError, type Cursor, cookieApi, nothing } from '@/lib/api.ts';
import { type Member, memberSchema } from '@/lib/person.ts';

export type Session =
  | { state: 'asking' }
  | { state: 'guest' }
  | { state: 'member'; me: Member; cursor: Cursor | null }
  | { state: 'unreachable' };

interface SessionHandles {
  session: Session;
  api: Api;
  /** Ask again who we are: after signing in, or when the network is back. */
  ask: () => Promise<void>;
  signOut: () => Promise<void>;
  /** The login ended elsewhere: another tab, another device, or it expired. */
  ended: () => void;
}

const SessionContext = createContext<SessionHandles | null>(null);

export function useSession(): SessionHandles {
  const handles = use(SessionContext);
  if (!handles) throw new Error('useSession outside of SessionProvider');
  return handles;
}

interface SessionProviderProps {
  children: ReactNode;
}

export function SessionProvider({ children }: SessionProviderProps) {
  const [api] = useState(cookieApi);
  const [session, setSession] = useState<Session>({ state: 'asking' });

  const ask = useCallback(async () => {
    try {
      const { value, cursor } = await api.get('/api/auth/me/', memberSchema.parse);
      setSession({ state: 'member', me: value, cursor });
    } catch (error) {
      const refused = error instanceof ApiError && (error.status === 401 || error.status === 403);
      setSession({ state: refused ? 'guest' : 'unreachable' });
    }
  }, [api]);

  const ended = useCallback(() => setSession({ state: 'guest' }), []);

  const signOut = useCallback(async () => {
    await api.send('POST', '/api/auth/logout/', {}, nothing);
    setSession({ state: 'guest' });
  }, [api]);

  useEffect(() => {
    void ask();
  }, [ask]);

  const handles = useMemo(() => ({ session, api, ask, signOut, ended }), [session, api, ask, signOut, ended]);
  return <SessionContext value={handles}>{children}</SessionContext>;
}
