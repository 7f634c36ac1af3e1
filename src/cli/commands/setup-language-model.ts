import { log, password, spinner, text } from '@clack/prompts';
import type { Config } from '../../config/index.js';
import { describeError } from '../../core/index.js';
import { providers, type LanguageModelDescriptor, type VoiceDescriptor } from '../../providers/index.js';
import type { CliContext } from '../context.js';
import { answered, choose, keepAnyway, type Values } from './setup-prompts.js';
import { tryLlm } from './setup-trials.js';
import { setupWords } from '../words/setup.js';

type Llm = Config['llm'];

const KEEP = 'keep';

/** A known service. `models` is filled only for services on this machine. */
interface Service {
  readonly preset: LanguageModelDescriptor;
  readonly models: readonly string[];
}

/** Offers the configured model first. If the model does not work, offers the typed values again. */
export async function askLlm({ llm }: Config, values: Values, language: string, context: CliContext): Promise<Llm> {
  const w = setupWords[context.language];
  const services = await servicesHere(context);
  const options = llmChoices(llm, services, context);
  let choice = options.some(({ value }) => value === KEEP)
    ? KEEP
    : (services.find(({ models }) => models.length > 0)?.preset.id ?? 'none');
  let typed = llm;
  for (;;) {
    choice = await choose(w.llm, options, choice, context);
    const service = services.find(({ preset }) => preset.id === choice);
    const chosen = choice === KEEP ? llm : await llmDetails(choice, service, typed, llm, context);
    const name = providers.languageModel(chosen.preset, chosen.base_url)?.name[context.language] ?? chosen.base_url;
    if (await works(chosen, name ?? w.llmNone, language, context)) {
      if (choice !== KEEP) note(values, chosen, llm, service !== undefined && keyVariable(service.preset, context));
      return chosen;
    }
    typed = chosen;
  }
}

function llmChoices(
  llm: Llm,
  services: readonly Service[],
  { language }: CliContext,
): { value: string; label: string; hint?: string }[] {
  const w = setupWords[language];
  const present = providers.languageModel(llm.preset, llm.base_url)?.name[language] ?? llm.base_url;
  const isSet = llm.preset !== 'none' || llm.base_url !== undefined;
  return [
    ...(isSet ? [{ value: KEEP, label: w.keep(present ?? llm.preset), hint: llm.model ?? '' }] : []),
    ...services.map(({ preset: { id, name, model }, models }) => ({
      value: id,
      label: name[language],
      hint: models.length > 0 ? w.llmFound(models.slice(0, 3).join(', ')) : (model ?? ''),
    })),
    { value: 'custom', label: w.llmCustom },
    { value: 'none', label: w.llmNone },
  ];
}

async function works(llm: Llm, name: string, language: string, context: CliContext): Promise<boolean> {
  const w = setupWords[context.language];
  const progress = spinner();
  progress.start(w.trying(name));
  const trial = await tryLlm(llm, w.test.prompt, language, context.clock, context.interrupted);
  progress.stop(
    trial.ok
      ? w.llmWorks(name, trial.value.firstMs.toFixed(0), trial.value.totalMs.toFixed(0), trial.value.text)
      : w.failed(name, describeError(trial.error, context.language)),
  );
  return trial.ok || keepAnyway(context);
}

/** Removes the key of a service that was given up. A key from an environment variable is not written to the file. */
function note(values: Values, chosen: Llm, before: Llm, variable: string | undefined | false): void {
  for (const key of ['preset', 'base_url', 'model'] as const) values.set(`llm.${key}`, chosen[key]);
  if (chosen.api_key !== before.api_key) values.set('llm.api_key', variable ? undefined : chosen.api_key);
}

/** Services on this machine come first. A local service that was not found is left out. */
async function servicesHere({ clock, interrupted }: CliContext): Promise<readonly Service[]> {
  const all = providers.presets.map(async (preset): Promise<readonly Service[]> => {
    if (!preset.discover) return [{ preset, models: [] }];
    const models = (await preset.discover(clock, interrupted)) ?? [];
    return models.length > 0 ? [{ preset, models }] : [];
  });
  return (await Promise.all(all)).flat().toSorted((a, b) => Math.sign(b.models.length) - Math.sign(a.models.length));
}

/** The name of the variable that contains a service's key. Undefined if none is set. */
export function keyVariable(
  { key }: LanguageModelDescriptor | VoiceDescriptor,
  { env }: CliContext,
): string | undefined {
  return key?.variables.find((name) => (env[name] ?? '') !== '');
}

async function llmDetails(
  choice: string,
  service: Service | undefined,
  typed: Llm,
  present: Llm,
  context: CliContext,
): Promise<Llm> {
  const w = setupWords[context.language];
  const base: Llm = { ...present, preset: 'none', base_url: undefined, model: undefined, api_key: undefined };
  if (choice === 'none') return base;
  if (!service) return askAddress(base, typed, present, context);
  const { preset, models } = service;
  const own = typed.preset === preset.id ? typed : undefined;
  const chosen = { ...base, preset: preset.id, model: own?.model };
  if (models.length > 0) {
    const options = models.map((name) => ({ value: name, label: name }));
    return { ...chosen, model: await choose(w.llmModel, options, own?.model ?? models[0] ?? '', context) };
  }
  const variable = keyVariable(preset, context);
  if (variable !== undefined) {
    log.info(w.keyFromEnvironment(variable));
    return { ...chosen, api_key: context.env[variable] };
  }
  return preset.key ? askKey(chosen, preset.name[context.language], present, context) : chosen;
}

const notAnAddress = (value?: string): string | undefined => (URL.canParse(value ?? '') ? undefined : 'http(s)://…/v1');
const empty = (value?: string): string | undefined => (value === undefined || value === '' ? '…' : undefined);

async function askAddress(base: Llm, typed: Llm, present: Llm, context: CliContext): Promise<Llm> {
  const w = setupWords[context.language];
  const url = answered(
    await text({
      message: w.baseUrl,
      placeholder: 'http://192.168.1.20:1234/v1',
      ...(typed.base_url !== undefined && { initialValue: typed.base_url }),
      validate: notAnAddress,
    }),
    context,
  );
  const initial = url === typed.base_url && typed.model !== undefined ? { initialValue: typed.model } : {};
  const model = answered(await text({ message: w.llmModel, ...initial, validate: empty }), context);
  return askKey({ ...base, base_url: url, model }, url, present, context);
}

/** An empty answer keeps the present key, but only for the same service. */
async function askKey(chosen: Llm, name: string, present: Llm, context: CliContext): Promise<Llm> {
  const w = setupWords[context.language];
  const same = chosen.preset === present.preset && chosen.base_url === present.base_url;
  const kept = same ? present.api_key : undefined;
  const message = kept === undefined ? w.key(name) : w.keyKept(name);
  // The library returns undefined or `''` for an empty answer.
  const key = (answered(await password({ message }), context) as string | undefined) ?? '';
  return { ...chosen, api_key: key === '' ? kept : key };
}
