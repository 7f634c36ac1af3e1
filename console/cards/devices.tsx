import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Api, DeviceView } from '../api.js';
import { ago, duration, firstSoundMs } from '../figures.js';
import { Card } from '../parts/card.js';
import { Feedback, useAction } from '../parts/feedback.js';
import { Field } from '../parts/field.js';
import { StageBar } from '../parts/stage-bar.js';
import { Verdict } from '../parts/verdict.js';
import { useLanguage, useWords, type Words } from '../words/index.js';

/** The devices with the outcomes of their last turns. Connected devices come first. */
export function DevicesCard({
  api,
  devices,
  nowMs,
  onChanged,
}: {
  readonly api: Api;
  readonly devices: readonly DeviceView[];
  readonly nowMs: number;
  readonly onChanged: () => void;
}): JSX.Element {
  const words = useWords();
  const [sought, setSought] = useState('');
  const sorted = devices
    .filter((device) => matches(device, sought))
    .toSorted(
      (a, b) =>
        Number(b.connected) - Number(a.connected) ||
        (b.lastTurn?.atMs ?? b.lastSeenMs) - (a.lastTurn?.atMs ?? a.lastSeenMs),
    );
  return (
    <Card
      title={words.devices.title}
      name="devices"
      aside={devices.length > 0 && <span class="aside">{devices.length}</span>}
    >
      {devices.length === 0 ? (
        <p class="soft">{words.devices.none}</p>
      ) : (
        <>
          {devices.length >= SEARCH_FROM && (
            <input
              type="search"
              value={sought}
              onInput={(event) => setSought(event.currentTarget.value)}
              placeholder={words.devices.search}
              aria-label={words.devices.search}
              autocomplete="off"
              spellcheck={false}
            />
          )}
          {sorted.length === 0 && <p class="soft">{words.devices.noMatch}</p>}
          <ul class="list">
            {sorted.map((device) => (
              <Device key={device.deviceId} device={device} api={api} nowMs={nowMs} onChanged={onChanged} />
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

/** The card offers a search if there are at least this many devices. People see a shorter list at a glance. */
const SEARCH_FROM = 8;

/** Whether each word of the search occurs in the device's name, address, board or firmware. */
export function matches({ name, deviceId, board, firmwareVersion }: DeviceView, sought: string): boolean {
  const text = [name, deviceId, board, firmwareVersion].join(' ').toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function nameOf(device: DeviceView | undefined, deviceId: string, words: Words): string {
  if (device?.name !== undefined && device.name !== '') return device.name;
  return device?.browser === true ? words.devices.browser : deviceId;
}

function Device({
  device,
  api,
  nowMs,
  onChanged,
}: {
  readonly device: DeviceView;
  readonly api: Api;
  readonly nowMs: number;
  readonly onChanged: () => void;
}): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const { deviceId, connected, lastTurn, board, firmwareVersion, browser } = device;
  const name = nameOf(device, deviceId, words);
  const first = lastTurn && firstSoundMs(lastTurn.stages);
  const about = browser
    ? []
    : [name === deviceId ? undefined : deviceId, [board, firmwareVersion].filter(Boolean).join(' ')];
  return (
    <li data-device={deviceId} data-connected={String(connected)}>
      <div class="row">
        <span class={`dot ${connected ? 'on' : ''}`} aria-hidden="true" />
        <span class="grow">
          <b>{name}</b> <span class="soft">{presence(device, nowMs, words)}</span>
        </span>
      </div>
      {about.some(Boolean) && <p class="soft small">{about.filter(Boolean).join(' · ')}</p>}
      {lastTurn && (
        <>
          <p class="how">
            <Verdict verdict={lastTurn.verdict} />
          </p>
          <StageBar stages={lastTurn.stages} />
          <p class="soft small">
            {[
              words.devices.lastTurn(ago(lastTurn.atMs, nowMs, words)),
              first !== undefined && words.devices.total(duration(first, language)),
              words.devices.underruns(lastTurn.underruns),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </>
      )}
      {!browser && <Actions device={device} api={api} onChanged={onChanged} />}
    </li>
  );
}

function presence({ connected, revoked, bound, lastSeenMs }: DeviceView, nowMs: number, words: Words): string {
  if (revoked) return words.devices.revoked;
  if (connected) return words.devices.online;
  return bound ? words.devices.offline(ago(lastSeenMs, nowMs, words)) : words.devices.unbound;
}

function Actions({
  device,
  api,
  onChanged,
}: {
  readonly device: DeviceView;
  readonly api: Api;
  readonly onChanged: () => void;
}): JSX.Element {
  const words = useWords();
  const { running, outcome, run, confirm } = useAction<'rename' | 'revoke' | 'forget'>();
  const { deviceId } = device;
  const busy = running !== undefined;
  const changing = (work: () => Promise<unknown>) => async (): Promise<undefined> => {
    await work();
    onChanged();
  };
  const revoke = (): void =>
    confirm(
      'revoke',
      words.devices.revokeAsk,
      changing(() => api.revoke(deviceId)),
    );
  const forget = (): void =>
    confirm(
      'forget',
      words.devices.forgetAsk,
      changing(() => api.forget(deviceId)),
    );
  return (
    <details>
      <summary>
        {words.devices.more}
        <span class="hidden">: {nameOf(device, deviceId, words)}</span>
      </summary>
      <RenameForm
        name={device.name ?? ''}
        busy={busy}
        onRename={(name) =>
          run(
            'rename',
            changing(() => api.rename(deviceId, name)),
          )
        }
      />
      <div class="row actions">
        {!device.revoked && (
          <button type="button" class="danger" onClick={revoke} disabled={busy}>
            {words.devices.revoke}
          </button>
        )}
        <button type="button" class="danger" onClick={forget} disabled={busy}>
          {words.devices.forget}
        </button>
      </div>
      <Feedback outcome={outcome} />
    </details>
  );
}

function RenameForm({
  name: before,
  busy,
  onRename,
}: {
  readonly name: string;
  readonly busy: boolean;
  readonly onRename: (name: string) => void;
}): JSX.Element {
  const words = useWords();
  const [name, setName] = useState(before);
  return (
    <form
      class="row end"
      onSubmit={(event) => {
        event.preventDefault();
        onRename(name.trim());
      }}
    >
      <Field label={words.devices.rename}>
        <input value={name} onInput={(event) => setName(event.currentTarget.value)} maxLength={64} autocomplete="off" />
      </Field>
      <button type="submit" disabled={busy}>
        {words.devices.save}
      </button>
    </form>
  );
}
