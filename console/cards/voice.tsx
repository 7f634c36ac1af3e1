import type { JSX } from 'preact';
import { useState, type Dispatch, type StateUpdater } from 'preact/hooks';
import type { Api, ConfigChange, Overview, Voices } from '../api.js';
import { browserClock, type BrowserClock } from '../browser-clock.js';
import { useAsk } from '../parts/ask.js';
import { Card } from '../parts/card.js';
import { Feedback, useAction, type Outcome } from '../parts/feedback.js';
import { Field, Select } from '../parts/field.js';
import { FormActions } from '../parts/form-actions.js';
import { useLanguage, useWords, type Language, type Words } from '../words/index.js';
import { changed } from './language-model.js';

type Provider = Voices['providers'][number];
/** What was typed into the form, by configuration key. */
type Entered = Readonly<Record<string, string>>;

interface Form {
  readonly provider: string | undefined;
  readonly voice: string;
  readonly entered: Entered;
}

interface VoiceCardProps {
  readonly api: Api;
  readonly overview: Overview;
  readonly onChanged: () => void;
}

export function VoiceCard({ api, overview, onChanged }: VoiceCardProps): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const { known, form, setForm, load } = useVoiceForm(api, overview, language);
  const { running, outcome, show, run } = useAction<'listen' | 'play' | 'use'>();
  const chosen = known?.providers.find(({ id }) => id === form.provider);
  const listen = (): void => {
    // Browsers play sound only after an action of the user, so the context is created and started during the click.
    const context = new AudioContext();
    context.resume().catch(() => undefined);
    run('listen', () =>
      hear(context, () => api.listen(sampleRequest(form, chosen, language, words)), words, browserClock),
    );
  };
  const useIt = (): void =>
    run('use', async () => {
      const answer = await api.changeConfig({
        'tts.provider': form.provider ?? 'auto',
        'tts.voice': form.voice === '' ? null : form.voice,
        ...changedSettings(chosen, form.entered),
      });
      if (answer.ok) {
        setForm((now) => ({ ...now, entered: {} }));
        onChanged();
        load();
      }
      return savedVoice(answer, chosen, words, language);
    });
  const choose = (next: Partial<Form>): void => {
    setForm({ ...form, ...next });
    show(undefined);
  };

  return (
    <Card title={words.voice.title} name="voice">
      <p class="soft">{words.voice.current(overview.voice.speaking.join(' → '))}</p>
      <form onSubmit={(event) => event.preventDefault()}>
        <Select
          label={words.voice.provider}
          value={form.provider ?? overview.voice.provider}
          choices={(known?.providers ?? []).map((one) => ({ value: one.id, text: titleOf(one, language, words) }))}
          onChange={(provider) => choose({ provider, voice: '', entered: {} })}
        />
        {chosen && <VoiceField provider={chosen} form={form} onChoose={choose} onInput={setForm} />}
        {chosen && <SettingFields provider={chosen} form={form} onInput={setForm} />}
        <FormActions
          busy={running !== undefined}
          tried={{ text: running === 'listen' ? words.voice.making : words.voice.listen, act: listen }}
          used={{ text: running === 'use' ? words.llm.using : words.voice.use, act: useIt }}
          unchanged={isInForce(form, known, chosen)}
        />
        <Feedback outcome={outcome} />
      </form>
    </Card>
  );
}

/** At first the form shows the configured voice. */
function useVoiceForm(
  api: Api,
  overview: Overview,
  language: Language,
): {
  readonly known: Voices | undefined;
  readonly form: Form;
  readonly setForm: Dispatch<StateUpdater<Form>>;
  readonly load: () => void;
} {
  const [known, setKnown] = useState<Voices>();
  const [form, setForm] = useState<Form>({ provider: undefined, voice: '', entered: {} });
  const take = (answer: Voices): void => {
    setKnown(answer);
    const { provider, voice = '' } = answer.current;
    if (form.provider === undefined) setForm({ ...form, provider, voice });
  };
  const load = useAsk(api.voices, take, [overview.voice.provider, language], overview.nowMs);
  return { known, form, setForm, load };
}

/** A list of voices, or an input for a name. It is hidden if the provider has neither voices nor settings. */
function VoiceField({
  provider,
  form,
  onChoose,
  onInput,
}: {
  readonly provider: Provider;
  readonly form: Form;
  readonly onChoose: (next: Partial<Form>) => void;
  readonly onInput: (form: Form) => void;
}): JSX.Element | null {
  const words = useWords();
  const language = useLanguage();
  const { voice } = form;
  if (provider.voices.length > 0)
    return (
      <Select
        label={words.voice.voice}
        value={voice}
        choices={[
          { value: '', text: words.voice.voiceDefault },
          ...unlisted(provider, voice),
          ...provider.voices.map(({ name, title }) => ({ value: name, text: title[language] })),
        ]}
        onChange={(next) => onChoose({ voice: next })}
      />
    );
  if (provider.settings.length === 0) return null;
  return (
    <Field label={words.voice.voice}>
      <input
        value={voice}
        onInput={(event) => onInput({ ...form, voice: event.currentTarget.value })}
        placeholder={words.voice.voiceName}
        autocomplete="off"
        spellcheck={false}
      />
    </Field>
  );
}

function SettingFields({
  provider,
  form,
  onInput,
}: {
  readonly provider: Provider;
  readonly form: Form;
  readonly onInput: (form: Form) => void;
}): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  return (
    <>
      {provider.settings.map((setting) => {
        const { key, about, secret, value } = setting;
        return (
          <Field key={key} label={firstSentence(about[language])}>
            <input
              {...(secret ? { type: 'password' as const } : { type: 'text' as const })}
              name={key}
              value={form.entered[key] ?? shown(setting)}
              onInput={(event) => onInput({ ...form, entered: { ...form.entered, [key]: event.currentTarget.value } })}
              placeholder={secret ? (value === undefined ? words.llm.keyWanted : words.llm.keyKept) : ''}
              autocomplete="off"
              spellcheck={false}
            />
          </Field>
        );
      })}
    </>
  );
}

function savedVoice(answer: ConfigChange, chosen: Provider | undefined, words: Words, language: Language): Outcome {
  const silent = chosen !== undefined && chosen.state !== 'ready';
  const saved = changed(answer, words, language, silent ? words.voice.savedInstead : words.llm.saved);
  return saved.kind === 'good' && silent ? { ...saved, kind: 'note' } : saved;
}

/** Returns true while the settings are unknown. */
function isInForce(
  { provider, voice, entered }: Form,
  known: Voices | undefined,
  chosen: Provider | undefined,
): boolean {
  return (
    known === undefined ||
    (provider === known.current.provider &&
      voice === (known.current.voice ?? '') &&
      Object.keys(changedSettings(chosen, entered)).length === 0)
  );
}

/** The sample is in the page's language if the voice speaks that language, or if the voice's language is unknown. */
function sampleRequest(
  { provider, voice }: Form,
  chosen: Provider | undefined,
  language: Language,
  words: Words,
): Parameters<Api['listen']>[0] {
  const spoken = chosen?.voices.find(({ name }) => name === voice)?.language;
  return {
    ...(provider !== undefined && { provider }),
    ...(voice !== '' && { voice }),
    ...(spoken !== undefined && { language: spoken }),
    ...((spoken === undefined || spoken.startsWith(language)) && { text: words.voice.sample }),
  };
}

function titleOf({ about, state }: Provider, language: Language, words: Words): string {
  const title = about[language].replace(/[.。]$/, '');
  const note = words.voice.states[state];
  return note === '' ? title : words.aside(title, note);
}

/** A secret that is set is not shown. */
const shown = ({ secret, value }: Provider['settings'][number]): string => (secret ? '' : (value ?? ''));

/** A field that was emptied gets its default back, but an empty secret is left as it is. */
function changedSettings(provider: Provider | undefined, entered: Entered): Readonly<Record<string, string | null>> {
  const changed = (provider?.settings ?? []).filter(
    (setting) => entered[setting.key] !== undefined && entered[setting.key] !== shown(setting),
  );
  return Object.fromEntries(changed.map(({ key }) => [key, entered[key] === '' ? null : (entered[key] ?? null)]));
}

const firstSentence = (text: string): string => /^.*?(?=[.。](\s|$|\p{Script=Han}))/u.exec(text)?.[0] ?? text;

/** A choice for the configured voice if the list lacks that voice. */
function unlisted({ voices }: Provider, voice: string): readonly { readonly value: string; readonly text: string }[] {
  return voice === '' || voices.some(({ name }) => name === voice) ? [] : [{ value: voice, text: voice }];
}

/** How much longer than the sound itself its playback may take. */
const LATE_MS = 3000;

export async function hear(
  context: AudioContext,
  sample: () => Promise<ArrayBuffer>,
  words: Words,
  clock: BrowserClock,
): Promise<Outcome | undefined> {
  try {
    const ended = await play(context, await sample(), clock);
    return ended ? undefined : { kind: 'bad', text: words.voice.silent };
  } finally {
    await context.close();
  }
}

/**
 * Resolves with true when the sound is over, or with false if the sound is empty, could not be decoded or was not
 * played, for example because the browser keeps it suspended.
 */
async function play(context: AudioContext, bytes: ArrayBuffer, clock: BrowserClock): Promise<boolean> {
  const sound = await context.decodeAudioData(bytes).catch(() => undefined);
  if (sound === undefined || sound.length === 0) return false;
  const source = context.createBufferSource();
  source.buffer = sound;
  source.connect(context.destination);
  return new Promise<boolean>((resolve) => {
    const cancel = clock.after(1000 * sound.duration + LATE_MS, () => resolve(false));
    source.addEventListener('ended', () => {
      cancel();
      resolve(true);
    });
    source.start();
  });
}
