import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Api, ConfigChange, LlmPresets, Overview } from '../api.js';
import { duration } from '../figures.js';
import { useAsk } from '../parts/ask.js';
import { Card } from '../parts/card.js';
import { Feedback, useAction, type Outcome } from '../parts/feedback.js';
import { Field, Select, type Choice } from '../parts/field.js';
import { FormActions } from '../parts/form-actions.js';
import { useLanguage, useWords, type Language, type Words } from '../words/index.js';

/** Up to this delay in ms, an answer is shown as quick. People notice a longer pause. */
const QUICK_MS = 1000;

interface Entered {
  readonly service: string;
  readonly model: string;
  readonly key: string;
  readonly baseUrl: string;
  /** The model that looks at pictures. Empty if there is none. */
  readonly eyes: string;
}

const NOTHING: Entered = { service: 'none', model: '', key: '', baseUrl: '', eyes: '' };

export function LanguageModelCard({
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
  const [known, setKnown] = useState<LlmPresets>();
  const [entered, setEntered] = useState<Entered>();
  const { running, outcome, show, run } = useAction<'try' | 'use'>();
  const take = (answer: LlmPresets): void => {
    setKnown(answer);
    if (entered === undefined) setEntered(inForce(answer));
  };
  const load = useAsk(api.llmPresets, take, [overview.llm.provider], overview.nowMs);

  const form = entered ?? NOTHING;
  const choose = (service: string): void => {
    setEntered({ ...form, service, model: known === undefined ? '' : ownModel(known, service), key: '' });
    show(undefined);
  };
  const tryable = form.service !== 'none';
  const tryIt = (): void => run('try', async () => tried(await api.tryLlm(request(form, known)), words, language));
  const useIt = (): void =>
    run('use', async () => {
      const answer = await api.changeConfig(settings(form, known));
      if (answer.ok) {
        setEntered((now) => now && { ...now, key: '' });
        onChanged();
        load();
      }
      return changed(answer, words, language, words.llm.saved);
    });

  return (
    <Card title={words.llm.title} name="language-model">
      <p class={overview.llm.state === 'offline' ? '' : 'soft'}>{presentOne(overview, words)}</p>
      <form onSubmit={(event) => event.preventDefault()}>
        <Select label={words.llm.service} value={form.service} choices={choices(known, words)} onChange={choose} />
        <ServiceFields form={form} known={known} onChange={setEntered} />
        <FormActions
          busy={running !== undefined}
          tried={tryable ? { text: running === 'try' ? words.llm.trying : words.llm.try, act: tryIt } : undefined}
          used={{ text: running === 'use' ? words.llm.using : words.llm.use, act: useIt }}
          unchanged={isInForce(form, known)}
        />
        <Feedback outcome={outcome} />
      </form>
    </Card>
  );
}

/** Shows only the inputs that the chosen service needs. */
function ServiceFields({
  form,
  known,
  onChange,
}: {
  readonly form: Entered;
  readonly known: LlmPresets | undefined;
  readonly onChange: (form: Entered) => void;
}): JSX.Element {
  const words = useWords();
  const { service, model, key, baseUrl } = form;
  const preset = presetOf(form, known);
  return (
    <>
      {service === 'custom' && (
        <Field label={words.llm.baseUrl}>
          <input
            type="url"
            value={baseUrl}
            onInput={(event) => onChange({ ...form, baseUrl: event.currentTarget.value })}
            placeholder="https://…/v1"
            spellcheck={false}
          />
        </Field>
      )}
      {(service === 'custom' || preset?.needsKey === true) && (
        <Field label={words.llm.key}>
          <input
            type="password"
            value={key}
            onInput={(event) => onChange({ ...form, key: event.currentTarget.value })}
            placeholder={isKeySet(form, known) ? words.llm.keyKept : words.llm.keyWanted}
            autocomplete="off"
            spellcheck={false}
          />
        </Field>
      )}
      {service !== 'none' && (
        <Field label={words.llm.model}>
          <input
            value={model}
            onInput={(event) => onChange({ ...form, model: event.currentTarget.value })}
            placeholder={words.llm.modelDefault(preset?.model)}
            list="llm-models"
            autocomplete="off"
            spellcheck={false}
          />
        </Field>
      )}
      {service !== 'none' && <EyesField eyes={form.eyes} onChange={(eyes) => onChange({ ...form, eyes })} />}
      {preset?.found && (
        <datalist id="llm-models">
          {preset.found.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
    </>
  );
}

function EyesField({
  eyes,
  onChange,
}: {
  readonly eyes: string;
  readonly onChange: (eyes: string) => void;
}): JSX.Element {
  const words = useWords();
  return (
    <Field label={words.llm.eyes}>
      <input
        value={eyes}
        onInput={(event) => onChange(event.currentTarget.value)}
        placeholder={words.llm.eyesNone}
        autocomplete="off"
        spellcheck={false}
      />
    </Field>
  );
}

const presetOf = ({ service }: Entered, known: LlmPresets | undefined): LlmPresets['presets'][number] | undefined =>
  known?.presets.find(({ id }) => id === service);

/** Whether the server has a key for the service. The key of a custom service belongs to one address. */
function isKeySet(form: Entered, known: LlmPresets | undefined): boolean {
  const own = form.service === 'custom' && known?.current.keySet === true && form.baseUrl === known.current.baseUrl;
  return presetOf(form, known)?.keySet ?? own;
}

function inForce(known: LlmPresets): Entered {
  const service = serviceOf(known);
  const baseUrl = service === 'custom' ? (known.current.baseUrl ?? '') : '';
  return { service, model: ownModel(known, service), key: '', baseUrl, eyes: known.current.eyes ?? '' };
}

/** Returns true while the settings are unknown, because saving would replace them by "none". */
function isInForce({ service, model, key, baseUrl, eyes }: Entered, known: LlmPresets | undefined): boolean {
  return (
    known === undefined ||
    (service === serviceOf(known) &&
      key === '' &&
      eyes === (known.current.eyes ?? '') &&
      model === ownModel(known, service) &&
      (service !== 'custom' || baseUrl === known.current.baseUrl))
  );
}

function request(form: Entered, known: LlmPresets | undefined): Parameters<Api['tryLlm']>[0] {
  const preset = presetOf(form, known);
  return {
    ...(preset !== undefined && { preset: preset.id }),
    ...(form.service === 'custom' && { baseUrl: form.baseUrl }),
    ...(form.model !== '' && { model: form.model }),
    ...(form.key !== '' && { apiKey: form.key }),
  };
}

function settings(form: Entered, known: LlmPresets | undefined): Parameters<Api['changeConfig']>[0] {
  const { service, model, key, baseUrl, eyes } = form;
  return {
    'llm.preset': presetOf(form, known)?.id ?? 'none',
    'llm.base_url': service === 'custom' ? baseUrl : null,
    'llm.model': service === 'none' || model === '' ? null : model,
    'vision.model': service === 'none' || eyes === '' ? null : eyes,
    // A key must go only to the service for which it was set, so another service removes it.
    ...(key !== ''
      ? { 'llm.api_key': key }
      : known !== undefined && serviceOf(known) !== service && { 'llm.api_key': null }),
  };
}

function serviceOf({ current }: LlmPresets): string {
  if (current.preset !== 'none') return current.preset;
  return current.baseUrl === undefined ? 'none' : 'custom';
}

/** The configured model. Empty if it is the usual one of the service, or if the service is not the configured one. */
function ownModel(known: LlmPresets, service: string): string {
  const { current } = known;
  if (serviceOf(known) !== service || current.model === undefined) return '';
  return known.presets.some(({ id, model }) => id === service && model === current.model) ? '' : current.model;
}

function choices(known: LlmPresets | undefined, words: Words): readonly Choice[] {
  const services = (known?.presets ?? []).map(({ id, title, needsKey, found }) => ({
    value: id,
    text: found ? words.aside(title, words.llm.foundHere) : needsKey ? title : words.aside(title, words.llm.free),
  }));
  return [{ value: 'none', text: words.llm.none }, ...services, { value: 'custom', text: words.llm.custom }];
}

function presentOne({ llm }: Overview, words: Words): string {
  if (llm.state === 'offline') return words.llm.offline;
  const name = llm.model === undefined ? llm.provider : `${llm.provider} · ${llm.model}`;
  return llm.state === 'failing' ? words.llm.failing(name) : words.llm.current(name);
}

function tried(answer: Awaited<ReturnType<Api['tryLlm']>>, words: Words, language: Language): Outcome {
  if (!answer.ok) return { kind: 'bad', text: answer.error.message, remedy: answer.error.remedy };
  const quick = answer.firstTokenMs <= QUICK_MS;
  return {
    kind: quick ? 'good' : 'note',
    text:
      `${words.llm.tried(duration(answer.firstTokenMs, language), duration(answer.totalMs, language))} ` +
      (quick ? words.llm.quick : words.llm.slow),
    remedy: `“${answer.text}”`,
  };
}

/** Tells a person how a change of the configuration went. */
export function changed(answer: ConfigChange, words: Words, language: Language, saved: string): Outcome {
  if (answer.ok) return { kind: 'good', text: answer.restart.length > 0 ? words.llm.restart : saved };
  if ('mistakes' in answer)
    return {
      kind: 'bad',
      text: words.feedback.mistakes,
      remedy: answer.mistakes.map(({ key, text }) => `${key}: ${text[language]}`).join('; '),
    };
  return { kind: 'bad', text: answer.error.message, remedy: answer.error.remedy };
}
