import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ApiError, type Api, type Session } from '../api.js';
import { Feedback, useAction, type Outcome } from '../parts/feedback.js';
import { useWords, type Words } from '../words/index.js';

const COMMAND = 'npx xiaozhi-chorus admin password';

/** If `over`, the form says that the previous session has ended. */
export function SignIn({
  api,
  passwordSet,
  over,
  onSignedIn,
}: {
  readonly api: Api;
  readonly passwordSet: boolean;
  readonly over: boolean;
  readonly onSignedIn: (session: Session) => void;
}): JSX.Element {
  const words = useWords();
  const [password, setPassword] = useState('');
  const { running, outcome, run } = useAction<'sign-in'>();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    run('sign-in', async () => {
      try {
        onSignedIn(await api.signIn(password));
        return undefined;
      } catch (error) {
        return refusal(error, words);
      }
    });
  };
  const before: Outcome | undefined = over ? { kind: 'note', text: words.signIn.over } : undefined;
  return (
    <main class="sign-in">
      <section class="card" aria-labelledby="sign-in">
        <img class="mark" src="/console/icon.svg" alt="" width="56" height="56" />
        <h1 id="sign-in">Chorus</h1>
        <p class="lead">{words.signIn.lead}</p>
        {passwordSet ? (
          <form onSubmit={submit}>
            <PasswordField value={password} onChange={setPassword} />
            <button type="submit" class="primary wide" disabled={running !== undefined || password === ''}>
              {running ? words.signIn.busy : words.signIn.button}
            </button>
            <Feedback outcome={outcome ?? before} />
            <p class="hint">
              {words.signIn.hint} <code>{COMMAND}</code>
            </p>
          </form>
        ) : (
          <p>
            {words.signIn.notSet} <code>{COMMAND}</code>
          </p>
        )}
      </section>
    </main>
  );
}

function PasswordField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (password: string) => void;
}): JSX.Element {
  const words = useWords();
  const [shown, setShown] = useState(false);
  return (
    <label class="field">
      <span>{words.signIn.password}</span>
      <span class="with-button">
        <input
          {...(shown ? ({ type: 'text' } as const) : ({ type: 'password' } as const))}
          name="password"
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
          autocomplete="current-password"
          autocapitalize="off"
          spellcheck={false}
          maxLength={256}
          required
          autofocus
        />
        <button type="button" class="plain" aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? words.signIn.hide : words.signIn.show}
        </button>
      </span>
    </label>
  );
}

function refusal(error: unknown, words: Words): Outcome {
  if (!(error instanceof ApiError)) return { kind: 'bad', text: words.feedback.failed };
  switch (error.code) {
    case 'admin.wrong_password':
      return { kind: 'bad', text: words.signIn.wrong };
    case 'auth.rate_limited':
      return { kind: 'bad', text: words.signIn.wait(error.retryAfterS) };
    case 'unreachable':
      return { kind: 'bad', text: words.signIn.unreachable };
    default:
      return { kind: 'bad', text: error.message, remedy: error.remedy };
  }
}
