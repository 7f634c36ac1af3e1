import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Api, ApiError, type Session } from './api.js';
import { browserClock } from './browser-clock.js';
import { SignIn } from './cards/sign-in.js';
import { Console } from './console.js';
import { TopBar } from './top-bar.js';
import {
  firstLanguage,
  LANGUAGE_TAG,
  LanguageContext,
  storedLanguage,
  storeLanguage,
  WORDS,
  type Language,
} from './words/index.js';

/** Time until the next try while the server cannot be reached. */
const RETRY_MS = 3000;

interface SignedIn {
  readonly api: Api;
  /** Undefined while it is unknown whether somebody is signed in. */
  readonly session: Session | 'unreachable' | undefined;
  /** True if the last session ended without a sign-out. */
  readonly over: boolean;
  readonly signedIn: (session: Session) => void;
  /** Rejects if the session may still be open. */
  readonly signOut: () => Promise<void>;
}

/** Asks for the session until the server answers. */
function useSession(language: Language): SignedIn {
  const shown = useRef(language);
  shown.current = language;
  const [session, setSession] = useState<Session | 'unreachable'>();
  const [over, setOver] = useState(false);
  const signedOut = (isOver: boolean): void => {
    setOver(isOver);
    setSession((before) => (typeof before === 'object' ? { ...before, signedIn: false } : before));
  };
  const api = useMemo(
    () =>
      new Api({
        language: () => shown.current,
        fetch: (input, init) => window.fetch(input, init),
        onSignedOut: () => signedOut(true),
      }),
    [],
  );
  useEffect(() => {
    let cancel = (): void => undefined;
    const ask = (): void =>
      void api.session().then(setSession, (error: unknown) => {
        if (error instanceof ApiError && error.code !== 'unreachable')
          setSession({ signedIn: false, passwordSet: true, passwordFixed: false, language: shown.current });
        else {
          setSession('unreachable');
          cancel = browserClock.after(RETRY_MS, ask);
        }
      });
    ask();
    return () => cancel();
  }, [api]);
  const signedIn = (next: Session): void => {
    setOver(false);
    setSession(next);
  };
  const signOut = async (): Promise<void> => {
    try {
      await api.signOut();
    } catch (error) {
      // Only a session that is over already needs no sign-out. Otherwise it would stay open on the server.
      if (!(error instanceof ApiError) || error.code !== 'admin.not_signed_in') throw error;
    }
    signedOut(false);
  };
  return { api, session, over, signedIn, signOut };
}

export function App(): JSX.Element {
  const [language, setLanguage] = useState<Language>(() => firstLanguage(navigator.languages, storedLanguage()));
  const { api, session, over, signedIn, signOut } = useSession(language);
  const words = WORDS[language];
  useEffect(() => {
    document.documentElement.lang = LANGUAGE_TAG[language];
  }, [language]);
  const choose = (next: Language): void => {
    storeLanguage(next);
    setLanguage(next);
  };

  return (
    <LanguageContext.Provider value={language}>
      {typeof session === 'object' && session.signedIn ? (
        <Console api={api} onLanguage={choose} onSignOut={signOut} />
      ) : (
        <>
          <TopBar onLanguage={choose} />
          {typeof session === 'object' ? (
            <SignIn api={api} passwordSet={session.passwordSet} over={over} onSignedIn={signedIn} />
          ) : (
            <main class="sign-in">
              {session === 'unreachable' && (
                <p class="outcome bad" role="alert">
                  {words.signIn.unreachable}
                </p>
              )}
            </main>
          )}
        </>
      )}
    </LanguageContext.Provider>
  );
}
