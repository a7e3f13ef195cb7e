/** Two real clients in one window: two logins, two streams, one moment. Nothing here is staged but the spark. */
import { t } from 'i18next';
import { useCallback, useEffect, useState } from 'react';
import { Link } from 'react-router';
import * as z from 'zod/mini';
import { Empty } from '@/components/empty.tsx';
import { AlertIcon, UndoIcon } from '@/components/icon.tsx';
import { ThemeSwitch } from '@/components/theme-switch.tsx';
import { Wordmark } from '@/components/wordmark.tsx';
import { FriendsProvider } from '@/contexts/FriendsContext.tsx';
import { type Api, bearerApi, type Cursor, cookieApi, nothing } from '@/lib/api.ts';
import { type Member, memberSchema, personSchema } from '@/lib/person.ts';
import { words } from '@/stream/optimistic.ts';
import { AnsweringPhone, WaitingPhone } from './demo-phones.tsx';

const demoSchema = z.object({ people: z.array(personSchema), left: z.string(), right: z.string() });
const tokensSchema = z.object({ access: z.string(), refresh: z.string() });

interface Seat {
  me: Member;
  cursor: Cursor | null;
  api: Api;
}

type Stage = { state: 'setting' } | { state: 'failed'; why: string } | { state: 'set'; left: Seat; right: Seat };

async function seat(guest: Api, username: string): Promise<Seat> {
  const tokens = await guest.send('POST', '/api/demo/tokens/', { username }, tokensSchema.parse);
  const api = bearerApi(tokens);
  const { value, cursor } = await api.get('/api/auth/me/', memberSchema.parse);
  return { me: value, cursor, api };
}

async function setStage(guest: Api): Promise<Stage> {
  const { value: cast } = await guest.get('/api/demo/', demoSchema.parse);
  await guest.send('POST', '/api/demo/again/', {}, nothing);
  const [left, right] = await Promise.all([seat(guest, cast.left), seat(guest, cast.right)]);
  return { state: 'set', left, right };
}

const nobodyChanges = async (): Promise<void> => undefined;

export function Demo() {
  const [guest] = useState(cookieApi);
  const [stage, setStageState] = useState<Stage>({ state: 'setting' });
  const [round, setRound] = useState(0);
  const [pressedAt, setPressedAt] = useState<number | null>(null);
  const [took, setTook] = useState<number | null>(null);

  useEffect(() => {
    let current = true;
    setStage(guest).then(
      (next) => current && setStageState(next),
      (error: unknown) => current && setStageState({ state: 'failed', why: words(error) }),
    );
    return () => {
      current = false;
    };
  }, [guest]);

  const stayed = useCallback(() => setStageState({ state: 'failed', why: t('demo.off_detail') }), []);
  const arrived = useCallback(() => {
    setPressedAt((pressed) => {
      if (pressed !== null) setTook((known) => known ?? Math.round(performance.now() - pressed));
      return pressed;
    });
  }, []);

  async function again(): Promise<void> {
    setPressedAt(null);
    setTook(null);
    try {
      await guest.send('POST', '/api/demo/again/', {}, nothing);
      setRound((count) => count + 1);
    } catch (error) {
      setStageState({ state: 'failed', why: words(error) });
    }
  }

  const done = pressedAt !== null;
  return (
    <div className="landing">
      <header className="bar">
        <Link to="/" className="home-link">
          <Wordmark />
        </Link>
        <div className="bar-end">
          <ThemeSwitch />
          <Link className="button button-quiet cut" to="/sign-in">
            {t('session.sign_in')}
          </Link>
        </div>
      </header>
      <main className={`demo ${done ? 'done play' : ''}`} data-hue="notify">
        <h1 className="sr">{t('demo.title')}</h1>
        {stage.state === 'failed' && (
          <div className="demo-off sheet cut" role="alert">
            <Empty icon={AlertIcon} title={t('demo.failed')}>
              <p className="dim small">{stage.why}</p>
            </Empty>
          </div>
        )}
        {stage.state === 'set' && (
          <>
            <FriendsProvider {...stage.left} shared={false} onSignedOut={stayed} onChanged={nobodyChanges}>
              <AnsweringPhone
                from={stage.right.me.id}
                round={round}
                onAccept={() => setPressedAt(performance.now())}
                onUndo={() => setPressedAt(null)}
              />
            </FriendsProvider>
            <div className="demo-wire" aria-hidden="true">
              <span className="spark" />
            </div>
            <FriendsProvider {...stage.right} shared={false} onSignedOut={stayed} onChanged={nobodyChanges}>
              <WaitingPhone round={round} onNews={arrived} />
            </FriendsProvider>
            <div className="demo-note">
              <p className="strong bright" role="status">
                {took === null ? (
                  <>
                    {t('demo.press')} <span className="wide-only">{t('demo.press_wide')}</span>
                    <span className="narrow-only">{t('demo.press_narrow')}</span>
                  </>
                ) : (
                  t('demo.took', { time: took })
                )}
              </p>
              <button type="button" className="button cut" onClick={() => void again()}>
                <UndoIcon small />
                {t('demo.again')}
              </button>
            </div>
          </>
        )}
      </main>
      <footer className="foot">
        <Link to="/sign-up">{t('demo.create')}</Link>
      </footer>
    </div>
  );
}
