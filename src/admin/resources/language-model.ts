import { z } from 'zod';
import type { Config, Environment } from '../../config/index.js';
import { asChorusError, ChorusError, type Clock, errorWords, silentLogger, type UiLanguage } from '../../core/index.js';
import { checkServiceAddress, guardedFetch, type AddressPolicy } from '../../platform/outbound/index.js';
import { providers, tryModel, type LanguageModelDescriptor, type LlmQuestion } from '../../providers/index.js';
import type { AdminApi, Routes } from '../api.js';
import { errorDetails } from '../shapes.js';
import { resourceWords } from '../words/resources.js';

export const llmPresetsAnswer = z.object({
  presets: z.array(
    z.object({
      id: z.string().meta({ examples: ['glm', 'ollama'] }),
      title: z.string(),
      baseUrl: z.string(),
      model: z.string().optional().meta({ description: "The preset's own; left out where one has to be chosen." }),
      needsKey: z.boolean(),
      keySet: z
        .boolean()
        .meta({ description: 'A key is there already, from the configuration or the usual variable of the vendor.' }),
      keyVariables: z.array(z.string()).meta({ description: 'The usual variables of the vendor.' }),
      found: z
        .array(z.string())
        .optional()
        .meta({ description: 'It runs on this machine, and has these models. Left out: it was not found here.' }),
    }),
  ),
  current: z.object({
    preset: z.string(),
    baseUrl: z.string().optional(),
    model: z.string().optional(),
    keySet: z.boolean(),
    eyes: z.string().optional().meta({ description: 'The model that looks at pictures; left out: none does.' }),
  }),
});
export type LlmPresetsAnswer = z.output<typeof llmPresetsAnswer>;

export const tryLlmRequest = z.strictObject({
  preset: z.string().max(32).optional(),
  baseUrl: z
    .string()
    .max(2048)
    .optional()
    .meta({
      description:
        "In place of the preset's. http(s); on this machine or in the local network only on ports of known local " +
        'servers; never a metadata address.',
    }),
  model: z.string().max(128).optional(),
  apiKey: z
    .string()
    .max(8192)
    .optional()
    .meta({ description: 'Left out: the one that is set for just this address, if there is one. Not kept.' }),
  prompt: z.string().min(1).max(500).optional(),
});
export type TryLlmRequest = z.output<typeof tryLlmRequest>;

/** A failed trial is an answer, not an error of the API. */
export const tryLlmAnswer = z.union([
  z.object({
    ok: z.literal(true),
    firstTokenMs: z.number(),
    totalMs: z.number(),
    model: z.string().optional(),
    text: z.string().meta({ description: 'At most 500 characters.' }),
  }),
  z.object({ ok: z.literal(false), error: errorDetails }),
]);
export type TryLlmAnswer = z.output<typeof tryLlmAnswer>;

export const languageModelRoutes = {
  listLlmPresets: {
    method: 'GET',
    path: '/llm/presets',
    summary: 'Language model services that are known by name, and the present choice.',
    answer: llmPresetsAnswer,
  },
  tryLlm: {
    method: 'POST',
    path: '/llm/try',
    summary: 'Asks a language model one short thing, without changing anything.',
    body: tryLlmRequest,
    answer: tryLlmAnswer,
  },
} as const satisfies Routes;

export interface LanguageModelContext {
  readonly live: { readonly current: Config };
  readonly clock: Clock;
  /** Environment variables, in which vendors' usual ones may contain keys. Undefined if none may be used. */
  readonly env: Environment | undefined;
}

const FIRST_TOKEN_MS = 15_000;
const WHOLE_MS = 20_000;
/** Enough to compare two services. A higher limit would let somebody flood other servers through this one. */
const MAX_AT_ONCE = 2;

/** The service that a trial asks. `known` is false for an address that is neither the preset's nor configured. */
interface Target {
  readonly preset: LanguageModelDescriptor | undefined;
  readonly baseUrl: string;
  readonly model: string | undefined;
  readonly apiKey: string | undefined;
  readonly known: boolean;
}

export interface LanguageModelControl {
  presets(language: UiLanguage, signal: AbortSignal): Promise<LlmPresetsAnswer>;
  /**
   * Asks the service a short question. If the model fails, resolves with `ok: false`. Errors: `admin.address_refused`,
   * `admin.bad_request`, `capacity.busy`, the signal's reason.
   */
  try(request: TryLlmRequest, language: UiLanguage, signal: AbortSignal): Promise<TryLlmAnswer>;
}

export function registerLanguageModelRoutes(api: AdminApi, languageModel: LanguageModelControl): void {
  api.on(languageModelRoutes.listLlmPresets, ({ language, signal }) => languageModel.presets(language, signal));
  api.on(languageModelRoutes.tryLlm, ({ body, language, signal }) => languageModel.try(body, language, signal));
}

export function createLanguageModelControl(context: LanguageModelContext): LanguageModelControl {
  const { live, env = {} } = context;
  let running = 0;
  return {
    presets: (language, signal) => presetsAnswer(live.current, context, language, signal),
    async try(request, language, signal): Promise<TryLlmAnswer> {
      const target = targetOf(request, live.current.llm, env);
      if (!target.known) checkServiceAddress(target.baseUrl, policyOf(live.current));
      if (running >= MAX_AT_ONCE) throw new ChorusError('capacity.busy', resourceWords.modelTrials);
      running += 1;
      try {
        return await ask(
          target,
          { prompt: request.prompt ?? resourceWords.sentence[language], language },
          context,
          signal,
        );
      } catch (error) {
        signal.throwIfAborted();
        const failed = withheld(asChorusError(error, 'llm.failed'), live.current.llm, target);
        return failure(failed, target, language);
      } finally {
        running -= 1;
      }
    },
  };
}

const policyOf = ({ admin }: Config): AddressPolicy => ({ localPorts: admin.llm_ports });

async function presetsAnswer(
  { llm, vision }: Config,
  { clock, env = {} }: LanguageModelContext,
  language: UiLanguage,
  signal: AbortSignal,
): Promise<LlmPresetsAnswer> {
  const presets = providers.presets.map(async (preset) => {
    const { id, name, baseUrl = '', model, key } = preset;
    const found = await preset.discover?.(clock, signal);
    return {
      id,
      title: name[language],
      baseUrl,
      model,
      needsKey: key?.required === true,
      keySet: keyFor({ preset, baseUrl }, llm, env) !== undefined,
      keyVariables: [...(key?.variables ?? [])],
      ...(found && { found: [...found] }),
    };
  });
  return {
    presets: await Promise.all(presets),
    current: {
      preset: llm.preset,
      baseUrl: llm.base_url,
      model: llm.model,
      keySet: llm.api_key !== undefined,
      eyes: vision.model,
    },
  };
}

/** Says in the error that the configured key was not sent, because the key belongs to another address. */
function withheld(error: ChorusError, llm: Config['llm'], { apiKey, known }: Target): ChorusError {
  const kept = llm.api_key !== undefined && apiKey === undefined && !known;
  return kept && (error.code === 'llm.bad_key' || error.code === 'llm.no_key')
    ? new ChorusError('llm.no_key', resourceWords.otherKey, { remedy: resourceWords.enterKey })
    : error;
}

async function ask(
  { preset, baseUrl, model, apiKey, known }: Target,
  question: LlmQuestion,
  { live, clock }: LanguageModelContext,
  signal: AbortSignal,
): Promise<TryLlmAnswer> {
  const options = {
    preset: preset?.id,
    baseUrl,
    model,
    apiKey,
    own: (live.current.llm as Readonly<Record<string, unknown>>)[preset?.id ?? ''],
    temperature: undefined,
    firstTokenMs: FIRST_TOKEN_MS,
    replyMs: WHOLE_MS,
    attempts: 1,
    ...(!known && { http: { fetch: guardedFetch(policyOf(live.current)) } }),
    clock,
    log: silentLogger,
    random: Math.random,
  };
  const { firstMs, totalMs, text } = await tryModel(options, question, signal);
  return {
    ok: true,
    firstTokenMs: Math.round(firstMs),
    totalMs: Math.round(totalMs),
    model,
    text: text[question.language],
  };
}

/** Errors: `admin.bad_request`. */
function targetOf({ preset, baseUrl, model, apiKey }: TryLlmRequest, llm: Config['llm'], env: Environment): Target {
  const service = presetOf(preset);
  if (preset !== undefined && preset !== 'none' && service === undefined)
    throw new ChorusError('admin.bad_request', resourceWords.noPreset(preset), {
      details: { what: 'preset' },
    });
  const address = nonEmpty(baseUrl) ?? service?.baseUrl;
  if (address === undefined)
    throw new ChorusError('admin.bad_request', resourceWords.noAddress, {
      details: { what: 'baseUrl' },
    });
  const chosen = nonEmpty(model) ?? service?.model;
  if (chosen === undefined)
    throw new ChorusError('admin.bad_request', resourceWords.noDefaultModel, {
      details: { what: 'model' },
    });
  return {
    preset: service,
    baseUrl: address,
    model: chosen,
    apiKey: nonEmpty(apiKey) ?? keyFor({ preset: service, baseUrl: address }, llm, env),
    known:
      address === service?.baseUrl ||
      [llm.base_url, llm.fallback.base_url].some((own) => own !== undefined && sameAddress(address, own)),
  };
}

/** A configured key is sent only to the address that it was configured for. */
function keyFor(
  { preset, baseUrl }: Pick<Target, 'preset' | 'baseUrl'>,
  llm: Config['llm'],
  env: Environment,
): string | undefined {
  for (const choice of [llm, llm.fallback]) {
    const own = choice.base_url ?? presetOf(choice.preset)?.baseUrl;
    if (own !== undefined && choice.api_key !== undefined && sameAddress(own, baseUrl)) return choice.api_key;
  }
  if (preset?.baseUrl !== baseUrl) return undefined;
  return preset.key?.variables.map((name) => env[name]).find((value) => value !== undefined && value !== '');
}

const presetOf = (id: string | undefined): LanguageModelDescriptor | undefined =>
  providers.presets.find((preset) => preset.id === id);
const sameAddress = (a: string, b: string): boolean => a.replace(/\/+$/, '') === b.replace(/\/+$/, '');
const nonEmpty = (text: string | undefined): string | undefined =>
  text === undefined || text.trim() === '' ? undefined : text.trim();

/** Removes the key from the message. Hides the answer of a typed-in address, which may be a router's page. */
function failure(error: ChorusError, { known, apiKey }: Target, language: UiLanguage): TryLlmAnswer {
  const shown =
    known || error.details['zh'] === resourceWords.otherKey.zh || !error.code.startsWith('llm.')
      ? error
      : new ChorusError(error.code, error.row.cause.en);
  const { message, remedy } = errorWords(shown, language);
  const clean = apiKey === undefined || apiKey.length < 6 ? message : message.replaceAll(apiKey, '***');
  return { ok: false, error: { code: error.code, message: clean, remedy } };
}
