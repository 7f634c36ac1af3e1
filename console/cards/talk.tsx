import type { JSX, RefObject } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { Api, Overview, TurnEntry } from '../api.js';
import { duration, firstSoundMs } from '../figures.js';
import { Card } from '../parts/card.js';
import { faceOf } from '../parts/faces.js';
import type { TalkMode, Trouble } from '../talk/conversation.js';
import { missingForTalk, type Missing } from '../talk/support.js';
import type { Talk } from '../talk/talk.js';
import { useLanguage, useWords, type Language, type Words } from '../words/index.js';
import { MissingModel } from './missing-model.js';
import { TalkButton } from './talk-button.js';
import { Transcript } from './transcript.js';
import { useTalk, type Spoken } from './use-talk.js';

interface TalkCardProps {
  readonly api: Api;
  readonly overview: Overview;
  readonly turns: readonly TurnEntry[];
  /** Called when the other cards may have new data, for example after a turn. */
  readonly onChanged: () => void;
}

const MODES: readonly TalkMode[] = ['hands-free', 'hold'];
const SPOKEN: readonly Spoken[] = ['en-US', 'zh-CN'];

/** Lets a person without a device talk to the server in this browser. */
export function TalkCard(props: TalkCardProps): JSX.Element {
  const missing = useMemo(() => missingForTalk(), []);
  return missing === undefined ? <TalkingCard {...props} /> : <UnableCard missing={missing} />;
}

function UnableCard({ missing }: { readonly missing: Missing }): JSX.Element {
  const words = useWords();
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

function TalkingCard({ api, overview, turns, onChanged }: TalkCardProps): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const [mode, setMode] = useState<TalkMode>('hands-free');
  const [chosen, setSpoken] = useState<Spoken>();
  const spoken = chosen ?? spokenBy(language);
  const speech = spoken === 'zh-CN' ? 'zh' : 'en';
  const ring = useRef<HTMLDivElement>(null);
  const { talk, view, deviceId } = useTalk(api, { spoken, mode, onChanged }, ring);
  const { conversation, figures } = view;
  const { trouble } = conversation;
  const last = turns.find((turn) => turn.deviceId === deviceId);
  return (
    <Card
      title={words.talk.title}
      name="talk"
      aside={<SpokenLanguage spoken={spoken} onChange={setSpoken} />}
      data={{
        'data-phase': conversation.phase,
        'data-played-ms': figures.playedMs,
        'data-gaps': figures.gaps,
        'data-gap-ms': figures.gapMs,
        'data-lost-ms': figures.lostMs,
      }}
    >
      <p class="soft">{words.talk.lead}</p>
      <Modes mode={mode} onChange={setMode} />
      <Stage talk={talk} conversation={conversation} mode={mode} ring={ring} />
      {trouble && (
        <p class="outcome bad" role="alert">
          {troubleWords(trouble, words)}
        </p>
      )}
      {overview.ready && overview.recognition[speech] === undefined && (
        <MissingModel api={api} overview={overview} spoken={speech} onChanged={onChanged} />
      )}
      <Transcript lines={conversation.lines} empty={words.talk.empty[speech]} spoken={spoken} />
      <Figures figures={figures} last={last} />
    </Card>
  );
}

function SpokenLanguage({
  spoken,
  onChange,
}: {
  readonly spoken: Spoken;
  readonly onChange: (spoken: Spoken | undefined) => void;
}): JSX.Element {
  const words = useWords();
  return (
    <label class="inline">
      <span>{words.talk.language}</span>
      <select value={spoken} onChange={(event) => onChange(SPOKEN.find((tag) => tag === event.currentTarget.value))}>
        {SPOKEN.map((tag) => (
          <option key={tag} value={tag} lang={tag} selected={tag === spoken}>
            {words.talk.languages[tag]}
          </option>
        ))}
      </select>
    </label>
  );
}

function Modes({
  mode,
  onChange,
}: {
  readonly mode: TalkMode;
  readonly onChange: (mode: TalkMode) => void;
}): JSX.Element {
  const words = useWords();
  return (
    <fieldset class="segments">
      <legend class="hidden">{words.talk.modeLabel}</legend>
      {MODES.map((one) => (
        <label key={one} class={one === mode ? 'chosen' : ''}>
          <input type="radio" name="mode" value={one} checked={one === mode} onChange={() => onChange(one)} />
          {words.talk.modes[one]}
        </label>
      ))}
    </fieldset>
  );
}

function Stage({
  talk,
  conversation,
  mode,
  ring,
}: {
  readonly talk: Talk;
  readonly conversation: Talk['view']['conversation'];
  readonly mode: TalkMode;
  readonly ring: RefObject<HTMLDivElement | null>;
}): JSX.Element {
  const words = useWords();
  const { phase, ended, emotion } = conversation;
  return (
    <div class={`stage phase-${phase}`} ref={ring}>
      <TalkButton mode={mode} phase={phase} face={faceOf(emotion)} dispatch={(event) => talk.dispatch(event)} />
      {phase === 'listening' && <span class="level" aria-hidden="true" />}
      <p class="phase" role="status">
        {phase === 'off' ? words.talk.idle[mode] : words.talk.phase[phase]}
      </p>
      <p class="soft phase-hint">
        {phase === 'off' && ended && mode === 'hands-free' ? words.talk.ended : words.talk.hint[mode][phase]}
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
  );
}

function Figures({
  figures: { playedMs, gaps, gapMs },
  last,
}: {
  readonly figures: Talk['view']['figures'];
  readonly last: TurnEntry | undefined;
}): JSX.Element | null {
  const words = useWords();
  const language = useLanguage();
  if (playedMs === 0) return null;
  const smoothness = gaps === 0 ? words.talk.smooth : words.talk.stuttered(gaps, duration(gapMs, language));
  return (
    <p class="soft small figures">{[smoothness, firstSound(last, words, language)].filter(Boolean).join(' · ')}</p>
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

/** The address under which this page can be opened on the computer that runs the server. */
function localAddress({ port }: Location): string {
  return `http://localhost${port === '' ? '' : `:${port}`}/`;
}
