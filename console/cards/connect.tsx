import { Fragment, type JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { ApiError, type Api, type Overview } from '../api.js';
import { Card } from '../parts/card.js';
import { Feedback, useAction } from '../parts/feedback.js';
import { QrCode } from '../parts/qr-code.js';
import { useWords } from '../words/index.js';

/** The address to enter on a device, how to enter it, and the form for the pairing code. */
export function ConnectCard({
  api,
  overview,
  onChanged,
}: {
  readonly api: Api;
  readonly overview: Overview;
  readonly onChanged: () => void;
}): JSX.Element {
  const words = useWords();
  const { addresses } = overview;
  const [first, second, third, last] = words.connect.steps;
  return (
    <Card title={words.connect.title} name="connect">
      {addresses === undefined ? (
        <p class="outcome note">{words.connect.unknown}</p>
      ) : (
        <div class="address">
          <QrCode text={addresses.otaUrl} label={words.connect.qr(addresses.otaUrl)} />
          <div>
            <p>{words.connect.lead}</p>
            <Copyable text={addresses.otaUrl} />
            {isLoopback(addresses.otaUrl) && <p class="outcome note">{words.connect.onlyHere}</p>}
          </div>
        </div>
      )}
      {overview.ready && overview.recognition['zh'] === undefined && (
        <p class="outcome note">{words.connect.noChinese}</p>
      )}
      <ol class="steps">
        <li>{first}</li>
        <li>{second}</li>
        <li>{third}</li>
        <li>
          {last}
          <PairingForm api={api} onChanged={onChanged} />
        </li>
      </ol>
    </Card>
  );
}

function Copyable({ text }: { readonly text: string }): JSX.Element {
  const words = useWords();
  const code = useRef<HTMLElement>(null);
  const [copied, setCopied] = useState(false);
  // Without HTTPS, a page cannot use the clipboard. The text is then selected, so that it can be copied by hand.
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      if (code.current) window.getSelection()?.selectAllChildren(code.current);
    }
  };
  return (
    <p class="copyable">
      <code ref={code}>
        {text.split(/(?<=\/)(?=[^/])/).map((part) => (
          <Fragment key={part}>
            {part}
            <wbr />
          </Fragment>
        ))}
      </code>
      <button type="button" onClick={() => void copy()}>
        {copied ? words.connect.copied : words.connect.copy}
      </button>
    </p>
  );
}

function PairingForm({ api, onChanged }: { readonly api: Api; readonly onChanged: () => void }): JSX.Element {
  const words = useWords();
  const [code, setCode] = useState('');
  const { running, outcome, show, run } = useAction<'pair'>();
  const digits = code.replace(/\D/g, '');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (digits.length !== 6) {
      show({ kind: 'bad', text: words.connect.codeShape });
      return;
    }
    run('pair', async () => {
      try {
        const { name, board, deviceId } = await api.pair(digits);
        setCode('');
        onChanged();
        return { kind: 'good', text: words.connect.paired(name ?? board ?? deviceId) };
      } catch (error) {
        if (error instanceof ApiError && error.code === 'admin.not_found')
          return { kind: 'bad', text: words.connect.codeUnknown, remedy: words.connect.codeNow };
        throw error;
      }
    });
  };
  return (
    <form class="pairing" onSubmit={submit}>
      <div class="row">
        <input
          class="code"
          aria-label={words.connect.code}
          value={code}
          onInput={(event) => {
            // Without this line, the browser would keep showing a letter that is not in the state.
            event.currentTarget.value = event.currentTarget.value.replace(/[^\d -]/g, '');
            setCode(event.currentTarget.value);
          }}
          inputMode="numeric"
          autocomplete="one-time-code"
          maxLength={9}
          placeholder="123456"
        />
        <button type="submit" class="primary" disabled={running !== undefined || digits.length !== 6}>
          {running ? words.connect.pairing : words.connect.pair}
        </button>
      </div>
      <Feedback outcome={outcome} />
    </form>
  );
}

/** A simple form of `isLoopback` in src/core, because the page imports only types from the server. */
export function isLoopback(url: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}
