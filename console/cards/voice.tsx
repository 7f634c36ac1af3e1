import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Api, Overview, Voices } from '../api.js';
import { useAsk } from '../parts/ask.js';
import { Card } from '../parts/card.js';
import { Feedback, useAction } from '../parts/feedback.js';
import { Field, Select } from '../parts/field.js';
import { useLanguage, useWords, type Language, type Words } from '../words/index.js';
import { changed } from './language-model.js';

type Provider = Voices['providers'][number];
/** What was typed in, by key of the configuration. */
type Entered = Readonly<Record<string, string>>;

/** Who speaks: choose, listen, use. */
export function VoiceCard({
  api,
  overview,
  onChanged,
}: {
  readonly api: Api;
  readonly overview: Overview;
  readonly onChanged: () => void;
}): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const [known, setKnown] = useState<Voices>();
  const [provider, setProvider] = useState<string>();
  const [voice, setVoice] = useState('');
  const [entered, setEntered] = useState<Entered>({});
  const { running, outcome, show, run } = useAction<'listen' | 'play' | 'use'>();

  const take = (answer: Voices): void => {
    setKnown(answer);
    if (provider !== undefined) return;
    setProvider(answer.current.provider);
    setVoice(answer.current.voice ?? '');
  };
  const load = useAsk(api.voices, take, [overview.voice.provider, language], overview.nowMs);

  const chosen = known?.providers.find(({ id }) => id === provider);
  const spoken = chosen?.voices.find(({ name }) => name === voice)?.language;
  const settings = changedSettings(chosen, entered);
  const unchanged =
    known === undefined ||
    (provider === known.current.provider &&
      voice === (known.current.voice ?? '') &&
      Object.keys(settings).length === 0);
  const listen = (): void => {
    // Opened in the click: a browser lets nothing sound that was not asked for.
    const context = new AudioContext();
    run('listen', async () => {
      try {
        const text = spoken === undefined || spoken.startsWith(language) ? words.voice.sample : undefined;
        const sound = await api.listen({
          ...(provider !== undefined && { provider }),
          ...(voice !== '' && { voice }),
          ...(spoken !== undefined && { language: spoken }),
          ...(text !== undefined && { text }),
        });
        const ended = await play(context, sound);
        return ended ? undefined : { kind: 'bad', text: words.voice.silent };
      } finally {
        await context.close();
      }
    });
  };
  const useIt = (): void =>
    run('use', async () => {
      const answer = await api.changeConfig({
        'tts.provider': provider ?? 'auto',
        'tts.voice': voice === '' ? null : voice,
        ...settings,
      });
      if (answer.ok) {
        setEntered({});
        onChanged();
        load();
      }
      const silent = chosen !== undefined && chosen.state !== 'ready';
      const saved = changed(answer, words, language, silent ? words.voice.savedInstead : words.llm.saved);
      return saved.kind === 'good' && silent ? { ...saved, kind: 'note' } : saved;
    });

  return (
    <Card title={words.voice.title} name="voice">
      <p class="soft">{words.voice.current(overview.voice.speaking.join(' → '))}</p>
      <form onSubmit={(event) => event.preventDefault()}>
        <Select
          label={words.voice.provider}
          value={provider ?? overview.voice.provider}
          choices={(known?.providers ?? []).map((one) => ({ value: one.id, text: titleOf(one, language, words) }))}
          onChange={(next) => {
            setProvider(next);
            setVoice('');
            setEntered({});
            show(undefined);
          }}
        />
        {chosen && chosen.voices.length > 0 && (
          <Select
            label={words.voice.voice}
            value={voice}
            choices={[
              { value: '', text: words.voice.voiceDefault },
              ...unlisted(chosen, voice),
              ...chosen.voices.map(({ name, title }) => ({ value: name, text: title[language] })),
            ]}
            onChange={(next) => {
              setVoice(next);
              show(undefined);
            }}
          />
        )}
        {chosen && chosen.voices.length === 0 && chosen.settings.length > 0 && (
          <Field label={words.voice.voice}>
            <input
              value={voice}
              onInput={(event) => setVoice(event.currentTarget.value)}
              placeholder={words.voice.voiceName}
              autocomplete="off"
              spellcheck={false}
            />
          </Field>
        )}
        {chosen?.settings.map((setting) => (
          <Field key={setting.key} label={firstSentence(setting.about[language])}>
            <input
              {...(setting.secret ? { type: 'password' as const } : { type: 'text' as const })}
              name={setting.key}
              value={entered[setting.key] ?? shown(setting)}
              onInput={(event) => setEntered({ ...entered, [setting.key]: event.currentTarget.value })}
              placeholder={
                setting.secret ? (setting.value === undefined ? words.llm.keyWanted : words.llm.keyKept) : ''
              }
              autocomplete="off"
              spellcheck={false}
            />
          </Field>
        ))}
        <div class="row actions">
          <button type="button" onClick={listen} disabled={running !== undefined}>
            {running === 'listen' ? words.voice.making : words.voice.listen}
          </button>
          <button type="button" class="primary" onClick={useIt} disabled={running !== undefined || unchanged}>
            {running === 'use' ? words.llm.using : words.voice.use}
          </button>
        </div>
        <Feedback outcome={outcome} />
      </form>
    </Card>
  );
}

function titleOf({ about, state }: Provider, language: Language, words: Words): string {
  const title = about[language].replace(/[.。]$/, '');
  const note = words.voice.states[state];
  return note === '' ? title : words.aside(title, note);
}

/** A secret that is set is not shown. */
const shown = ({ secret, value }: Provider['settings'][number]): string => (secret ? '' : (value ?? ''));

/** What differs from what is in force; an empty field is at its default again, an empty secret is kept. */
function changedSettings(provider: Provider | undefined, entered: Entered): Readonly<Record<string, string | null>> {
  const changed = (provider?.settings ?? []).filter(
    (setting) => entered[setting.key] !== undefined && entered[setting.key] !== shown(setting),
  );
  return Object.fromEntries(changed.map(({ key }) => [key, entered[key] === '' ? null : (entered[key] ?? null)]));
}

const firstSentence = (text: string): string => /^.*?(?=[.。](\s|$|\p{Script=Han}))/u.exec(text)?.[0] ?? text;

/** A voice that was typed into the configuration can be chosen too. */
function unlisted({ voices }: Provider, voice: string): readonly { readonly value: string; readonly text: string }[] {
  return voice === '' || voices.some(({ name }) => name === voice) ? [] : [{ value: voice, text: voice }];
}

/** Resolves when it was heard. False: there was nothing in it that can be played. */
async function play(context: AudioContext, bytes: ArrayBuffer): Promise<boolean> {
  const sound = await context.decodeAudioData(bytes).catch(() => undefined);
  if (sound === undefined || sound.length === 0) return false;
  const source = context.createBufferSource();
  source.buffer = sound;
  source.connect(context.destination);
  await new Promise<void>((resolve) => {
    source.addEventListener('ended', () => resolve());
    source.start();
  });
  return true;
}
