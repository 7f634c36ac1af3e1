import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Api, Overview, TurnEntry } from '../api.js';
import { browserClock } from '../browser-clock.js';
import { duration, firstSoundMs } from '../figures.js';
import { Card } from '../parts/card.js';
import { faceOf } from '../parts/faces.js';
import type { TalkMode, Trouble } from '../talk/conversation.js';
import { missingForTalk } from '../talk/support.js';
import { Talk } from '../talk/talk.js';
import { useLanguage, useWords, type Language, type Words } from '../words/index.js';
import { MissingModel } from './missing-model.js';
import { TalkButton } from './talk-button.js';
import { Transcript } from './transcript.js';

interface TalkCardProps {
  readonly api: Api;
  readonly overview: Overview;
  readonly turns: readonly TurnEntry[];
  /** A turn has ended, and there is something new to show. */
  readonly onChanged: () => void;
}

type Spoken = 'en-US' | 'zh-CN';
const MODES: readonly TalkMode[] = ['hands-free', 'hold'];
const SPOKEN: readonly Spoken[] = ['en-US', 'zh-CN'];

/** A conversation with the server in this browser, for a person without a device. */
export function TalkCard({ api, overview, turns, onChanged }: TalkCardProps): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const [mode, setMode] = useState<TalkMode>('hands-free');
  const [chosen, setSpoken] = useState<Spoken>();
  const spoken = chosen ?? spokenBy(language);
  const latest = useRef({ spoken, onChanged });
  latest.current = { spoken, onChanged };
  const ring = useRef<HTMLDivElement>(null);
  const [deviceId, setDeviceId] = useState<string>();

  const missing = useMemo(() => missingForTalk(), []);
  const [view, setView] = useState<Talk['view']>();
  const talk = useMemo(
    () =>
      new Talk({
        clock: browserClock,
        onChange: setView,
        onLevel: (level) => ring.current?.style.setProperty('--level', level.toFixed(2)),
        address: async () => {
          const device = await api.browserDevice(latest.current.spoken);
          setDeviceId(device.deviceId);
          return { url: socketUrl(device, window.location), protocols: protocolsOf(device) };
        },
      }),
    [api],
  );
  const { conversation, figures } = view ?? talk.view;
  const { phase } = conversation;

  // Leaving the page ends the conversation. So do another mode and another language, which needs another model. It is a
  // layout effect, because the button may be pressed again right after the change.
  useLayoutEffect(() => () => talk.dispatch({ type: 'end' }), [talk, spoken, mode]);
  useEffect(() => {
    if (phase === 'listening' || phase === 'off' || phase === 'ready') latest.current.onChanged();
  }, [phase]);

  if (missing !== undefined) {
    const text = words.talk.missing[missing];
    return (
      <Card title={words.talk.title} name="talk" data={{ 'data-missing': missing }}>
        <div class="outcome note">
          <p>
            <b>{words.talk.missing.title}</b>
          </p>
          <p>{typeof text === 'string' ? text : text(localAddress(window.location))}</p>
        </div>
      </Card>
    );
  }

  const last = turns.find((turn) => turn.deviceId === deviceId);
  const noModel = overview.ready && overview.recognition[spoken === 'zh-CN' ? 'zh' : 'en'] === undefined;
  const { trouble } = conversation;
  return (
    <Card
      title={words.talk.title}
      name="talk"
      aside={
        <label class="inline">
          <span>{words.talk.language}</span>
          <select
            value={spoken}
            onChange={(event) => setSpoken(SPOKEN.find((tag) => tag === event.currentTarget.value))}
          >
            {SPOKEN.map((tag) => (
              <option key={tag} value={tag} lang={tag} selected={tag === spoken}>
                {words.talk.languages[tag]}
              </option>
            ))}
          </select>
        </label>
      }
      data={{
        'data-phase': phase,
        'data-played-ms': figures.playedMs,
        'data-gaps': figures.gaps,
        'data-gap-ms': figures.gapMs,
        'data-lost-ms': figures.lostMs,
      }}
    >
      <p class="soft">{words.talk.lead}</p>
      <fieldset class="segments">
        <legend class="hidden">{words.talk.modeLabel}</legend>
        {MODES.map((one) => (
          <label key={one} class={one === mode ? 'chosen' : ''}>
            <input type="radio" name="mode" value={one} checked={one === mode} onChange={() => setMode(one)} />
            {words.talk.modes[one]}
          </label>
        ))}
      </fieldset>
      <div class={`stage phase-${phase}`} ref={ring}>
        <TalkButton
          mode={mode}
          phase={phase}
          face={faceOf(conversation.emotion)}
          dispatch={(event) => talk.dispatch(event)}
        />
        {phase === 'listening' && <span class="level" aria-hidden="true" />}
        <p class="phase" role="status">
          {phase === 'off' ? words.talk.idle[mode] : words.talk.phase[phase]}
        </p>
        <p class="soft phase-hint">
          {phase === 'off' && conversation.ended && mode === 'hands-free'
            ? words.talk.ended
            : words.talk.hint[mode][phase]}
        </p>
        {phase !== 'off' && phase !== 'connecting' && (
          <div class="row centre">
            {(phase === 'speaking' || phase === 'thinking') && (
              <button type="button" onClick={() => talk.dispatch({ type: 'interrupt' })}>
                {words.talk.stop}
              </button>
            )}
            <button type="button" onClick={() => talk.dispatch({ type: 'end' })}>
              {words.talk.end}
            </button>
          </div>
        )}
      </div>
      {trouble && (
        <p class="outcome bad" role="alert">
          {troubleWords(trouble, words)}
        </p>
      )}
      {noModel && (
        <MissingModel api={api} overview={overview} spoken={spoken === 'zh-CN' ? 'zh' : 'en'} onChanged={onChanged} />
      )}
      <Transcript
        lines={conversation.lines}
        empty={words.talk.empty[spoken === 'zh-CN' ? 'zh' : 'en']}
        spoken={spoken}
      />
      {figures.playedMs > 0 && (
        <p class="soft small figures">
          {[
            figures.gaps === 0
              ? words.talk.smooth
              : words.talk.stuttered(figures.gaps, duration(figures.gapMs, language)),
            firstSound(last, words, language),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      )}
    </Card>
  );
}

function spokenBy(language: Language): Spoken {
  return language === 'zh' ? 'zh-CN' : 'en-US';
}

function firstSound(turn: TurnEntry | undefined, words: Words, language: Language): string | undefined {
  const ms = turn && firstSoundMs(turn.stagesMs);
  return ms === undefined ? undefined : words.talk.firstSound(duration(ms, language));
}

function troubleWords(trouble: Trouble, words: Words): string {
  return trouble.kind === 'message' ? trouble.text : words.talk.trouble[trouble.kind];
}

/** Uses the host of this page: devices may be given another one, to which this page may not connect. */
function socketUrl(
  { websocketUrl, deviceId, clientId }: Awaited<ReturnType<Api['browserDevice']>>,
  { protocol, host }: Location,
): string {
  const url = new URL(new URL(websocketUrl).pathname, `${protocol === 'https:' ? 'wss' : 'ws'}://${host}`);
  url.search = new URLSearchParams({ 'device-id': deviceId, 'client-id': clientId }).toString();
  return url.href;
}

/** A page can set no header but this one, and what stands in the address is in the logs of proxies. */
function protocolsOf({ token }: Awaited<ReturnType<Api['browserDevice']>>): readonly string[] {
  return ['chorus', `chorus.token.${token}`];
}

/** The address of this page on the computer that runs the server. */
function localAddress({ port }: Location): string {
  return `http://localhost${port === '' ? '' : `:${port}`}/`;
}
