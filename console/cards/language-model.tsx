import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Api, ConfigChange, LlmPresets, Overview } from '../api.js';
import { duration } from '../figures.js';
import { useAsk } from '../parts/ask.js';
import { Card } from '../parts/card.js';
import { Feedback, useAction, type Outcome } from '../parts/feedback.js';
import { Field, Select, type Choice } from '../parts/field.js';
import { useLanguage, useWords, type Language, type Words } from '../words/index.js';

/** People notice a pause before an answer that is longer. */
const QUICK_MS = 1000;

/** Which service answers: choose, try, use. */
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
  const [chosen, setChosen] = useState<string>();
  const [key, setKey] = useState('');
  const [model, setModel] = useState('');
  const [baseUrl, setBaseUrl] = useState('');
  const { running, outcome, show, run } = useAction<'try' | 'use'>();

  const { provider } = overview.llm;
  const take = (answer: LlmPresets): void => {
    setKnown(answer);
    if (chosen !== undefined) return;
    const now = serviceOf(answer);
    setChosen(now);
    setModel(ownModel(answer, now));
    if (now === 'custom') setBaseUrl(answer.current.baseUrl ?? '');
  };
  const load = useAsk(api.llmPresets, take, [provider], overview.nowMs);

  const service = chosen ?? 'none';
  const preset = known?.presets.find(({ id }) => id === service);
  const keySet =
    preset?.keySet ??
    // A key belongs to the address that it was set for.
    (service === 'custom' && known?.current.keySet === true && baseUrl === known.current.baseUrl);
  const choose = (next: string): void => {
    setChosen(next);
    setModel(known === undefined ? '' : ownModel(known, next));
    setKey('');
    show(undefined);
  };
  const asked = {
    ...(preset !== undefined && { preset: preset.id }),
    ...(service === 'custom' && { baseUrl }),
    ...(model !== '' && { model }),
    ...(key !== '' && { apiKey: key }),
  };

  // Before it is known what is set, nothing could be concluded from it, and saving would put "none" in its place.
  const unchanged =
    known === undefined ||
    (service === serviceOf(known) &&
      key === '' &&
      model === ownModel(known, service) &&
      (service !== 'custom' || baseUrl === known.current.baseUrl));

  const tryIt = (): void => run('try', async () => tried(await api.tryLlm(asked), words, language));
  const useIt = (): void =>
    run('use', async () => {
      const answer = await api.changeConfig({
        'llm.preset': preset?.id ?? 'none',
        'llm.base_url': service === 'custom' ? baseUrl : null,
        'llm.model': service === 'none' || model === '' ? null : model,
        // A key goes to no other service than the one it was set for.
        ...(key !== ''
          ? { 'llm.api_key': key }
          : known !== undefined && serviceOf(known) !== service && { 'llm.api_key': null }),
      });
      if (answer.ok) {
        setKey('');
        onChanged();
        load();
      }
      return changed(answer, words, language, words.llm.saved);
    });

  return (
    <Card title={words.llm.title} name="language-model">
      <p class={overview.llm.state === 'offline' ? '' : 'soft'}>{presentOne(overview, words)}</p>
      <form onSubmit={(event) => event.preventDefault()}>
        <Select label={words.llm.service} value={service} choices={choices(known, words)} onChange={choose} />
        {service === 'custom' && (
          <Field label={words.llm.baseUrl}>
            <input
              type="url"
              value={baseUrl}
              onInput={(event) => setBaseUrl(event.currentTarget.value)}
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
              onInput={(event) => setKey(event.currentTarget.value)}
              placeholder={keySet ? words.llm.keyKept : words.llm.keyWanted}
              autocomplete="off"
              spellcheck={false}
            />
          </Field>
        )}
        {service !== 'none' && (
          <Field label={words.llm.model}>
            <input
              value={model}
              onInput={(event) => setModel(event.currentTarget.value)}
              placeholder={words.llm.modelDefault(preset?.model)}
              list="llm-models"
              autocomplete="off"
              spellcheck={false}
            />
          </Field>
        )}
        {preset?.found && (
          <datalist id="llm-models">
            {preset.found.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        )}
        <div class="row actions">
          {service !== 'none' && (
            <button type="button" onClick={tryIt} disabled={running !== undefined}>
              {running === 'try' ? words.llm.trying : words.llm.try}
            </button>
          )}
          <button type="button" class="primary" onClick={useIt} disabled={running !== undefined || unchanged}>
            {running === 'use' ? words.llm.using : words.llm.use}
          </button>
        </div>
        <Feedback outcome={outcome} />
      </form>
    </Card>
  );
}

function serviceOf({ current }: LlmPresets): string {
  if (current.preset !== 'none') return current.preset;
  return current.baseUrl === undefined ? 'none' : 'custom';
}

/** The model that was set for the service in place of its usual one. */
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

/** What became of a change of the configuration. */
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
