import { join } from 'node:path';
import { z } from 'zod';
import {
  applyConfig,
  editConfigText,
  fieldViews,
  isReference,
  listBackups,
  maskSecrets,
  readConfigFile,
  valueAt,
  type ApplyFailure,
  type Config,
  type ConfigSource,
  type Environment,
  type LiveConfig,
  type Origin,
  type Reload,
  type ReloadAnswer,
} from '../../config/index.js';
import {
  type Bilingual,
  ChorusError,
  type Clock,
  errorWords,
  type ErrorWords,
  isErrorCode,
  type UiLanguage,
} from '../../core/index.js';
import { checkServicePlace } from '../../platform/outbound/index.js';
import type { AdminApi, Routes } from '../api.js';
import { requireProof } from '../gate.js';
import { bilingual, errorDetails, wallMs } from '../shapes.js';
import { addressKeys, isChangeable, leadsDevices } from './changeable.js';
import { keysLedAway } from './key-for-address.js';
import { resourceWords } from '../words/resources.js';

/** The current configuration. A secret that is set is shown as `***`. */
export const configAnswer = z.object({
  file: z.string(),
  values: z.record(z.string(), z.unknown()).meta({ description: 'What is in force, nested as in the file.' }),
  fields: z.array(
    z.object({
      key: z.string().meta({ examples: ['llm.preset'] }),
      value: z.unknown().optional(),
      set: z.boolean().meta({ description: 'Not at its default.' }),
      fixed: z
        .boolean()
        .meta({ description: 'Set by a variable or a flag, which wins over the file: it cannot be changed here.' }),
      origin: z.string().meta({ description: 'Where it was set, in words, in the language of the request.' }),
      live: z.boolean().meta({ description: 'A running server takes it over; else it counts from the next start.' }),
      secret: z.boolean(),
      changeable: z.boolean().meta({ description: 'This API changes it (PATCH).' }),
      about: z.string(),
      allowed: z.string().meta({ description: 'What it takes, in words.' }),
    }),
  ),
  restart: z.array(z.string()).meta({ description: 'Keys whose value in the file counts from the next start.' }),
  backups: z
    .array(z.object({ id: z.string(), bytes: z.number(), atMs: wallMs.optional() }))
    .meta({ description: 'Newest first.' }),
});
export type ConfigAnswer = z.output<typeof configAnswer>;

export const changeConfigRequest = z.strictObject({
  set: z.record(z.string().max(128), z.unknown()).meta({
    description: 'By dotted key; null takes a key out of the file, so that its default counts.',
    examples: [{ 'llm.preset': 'glm' }],
  }),
});

/** If `ok` is false, nothing was changed and the HTTP status is 422. */
export const changeConfigAnswer = z.union([
  z.object({
    ok: z.literal(true),
    changed: z.array(z.string()).meta({ description: 'In force now.' }),
    restart: z.array(z.string()).meta({ description: 'Counts from the next start.' }),
    backup: z.string().optional().meta({ description: 'Copy of the file from before: `chorus config rollback ID`.' }),
  }),
  z.object({ ok: z.literal(false), mistakes: z.array(z.object({ key: z.string(), text: bilingual })) }),
  z.object({
    ok: z.literal(false),
    error: errorDetails.meta({ description: 'It is valid and does not work.' }),
    part: z
      .string()
      .optional()
      .meta({ examples: ['llm', 'recognition', 'voice', 'turn'] }),
  }),
]);
export type ChangeConfigAnswer = z.output<typeof changeConfigAnswer>;

export const reloadConfigRequest = z.strictObject({
  trial: z.boolean().default(true).meta({ description: 'What is new is tried before it is relied on.' }),
});

export const configurationRoutes = {
  readConfig: {
    method: 'GET',
    path: '/config',
    summary: 'The configuration in force, without its secrets.',
    answer: configAnswer,
  },
  changeConfig: {
    method: 'PATCH',
    path: '/config',
    summary:
      'Sets keys of the configuration file: checked, kept as a copy, tried, and taken back when it does not work.',
    body: changeConfigRequest,
    answer: changeConfigAnswer,
    also: { 422: 'Nothing was changed.' },
  },
  reloadConfig: {
    method: 'POST',
    path: '/config/reload',
    summary: 'Reads the configuration file again. Answers a ReloadAnswer (src/config/reload-answer.ts).',
    body: reloadConfigRequest,
    answer: 'json',
    also: { 422: 'Nothing was changed.' },
  },
} as const satisfies Routes;

export interface ConfigurationContext {
  readonly live: Pick<LiveConfig, 'current'>;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly source: ConfigSource;
  readonly reload: Reload;
  /** Environment variables, in which the usual ones of vendors may contain keys. */
  readonly env: Environment;
  /** Tests whether conversations work. Resolves with undefined if they work. */
  readonly prove: () => Promise<ChorusError | undefined>;
}

interface KeyMistake {
  readonly key: string;
  readonly text: Bilingual;
}

export interface ConfigurationControl {
  /** Absolute path of the configuration file. */
  readonly file: string;
  /** Reads the file again. With `trial`, new settings are tested before they are used. */
  reload(trial: boolean): Promise<ReloadAnswer>;
  read(language: UiLanguage): Promise<ConfigAnswer>;
  /**
   * Sets keys of the file. The value null removes a key. If conversations do not work afterwards, the whole change is
   * undone. Errors: `data.*`, `config.unreadable`.
   */
  change(set: ReadonlyMap<string, unknown>, language: UiLanguage): Promise<ChangeConfigAnswer>;
}

export function registerConfigurationRoutes(api: AdminApi, configuration: ConfigurationControl): void {
  api.on(configurationRoutes.readConfig, ({ language }) => configuration.read(language));
  api.on(configurationRoutes.changeConfig, async ({ body, language, principal, reply }) => {
    if (Object.keys(body.set).some(leadsDevices)) requireProof(principal);
    const answer = await configuration.change(new Map(Object.entries(body.set)), language);
    if (!answer.ok) void reply.code(422);
    return answer;
  });
  api.on(configurationRoutes.reloadConfig, async ({ body, reply }) => {
    const answer = await configuration.reload(body.trial);
    if (!answer.ok) void reply.code(422);
    return answer;
  });
}

/** Makes a backup before each change and restores it if the change does not work. */
export function createConfigurationControl(context: ConfigurationContext): ConfigurationControl {
  const { live, dataDir, clock, source, reload } = context;
  const { file } = source;
  const backups = join(dataDir, 'backups');
  let last: Promise<unknown> = Promise.resolve();

  const change = async (set: ReadonlyMap<string, unknown>, language: UiLanguage): Promise<ChangeConfigAnswer> => {
    const mistakes = await refusals(set, live.current, context);
    if (mistakes.length > 0) return { ok: false, mistakes: [...mistakes] };
    const before = await readConfigFile(file);
    const values = new Map([...set].map(([key, value]) => [key, value === null ? undefined : value] as const));
    const outcome = await applyConfig<ChorusError>({
      text: editConfigText(before, values, file),
      file,
      backups: { folder: backups, keep: live.current.backup.keep, wallMs: clock.wallMs() },
      server: { reload: (trial) => reload.reload(trial), prove: context.prove },
      verify: true,
    });
    if (outcome.type === 'gone_back') return refused(outcome.failure, language);
    const { answer, backup } = outcome;
    return {
      ok: true,
      changed: [...(answer?.changed ?? [])],
      restart: [...(answer?.restart ?? [])],
      ...(backup && { backup: backup.id }),
    };
  };

  return {
    file,
    reload: (trial) => reload.reload(trial),
    read: async (language) =>
      view(
        live.current,
        await originsOf(source),
        { file, restart: reload.restartKeys(), backups: await listBackups(backups) },
        language,
      ),
    change: (set, language) => {
      // Changes run one after the other, because each starts from the file that the previous one wrote.
      const answer = last.then(() => change(set, language));
      last = answer.catch(() => undefined);
      return answer;
    },
  };
}

/** Returns an empty map if the file cannot be read now. The server then keeps its present configuration. */
async function originsOf(source: ConfigSource): Promise<ReadonlyMap<string, Origin>> {
  const loaded = await source.load().catch(() => undefined);
  return loaded?.ok ? loaded.origins : new Map();
}

function view(
  config: Config,
  origins: ReadonlyMap<string, Origin>,
  rest: {
    readonly file: string;
    readonly restart: readonly string[];
    readonly backups: Awaited<ReturnType<typeof listBackups>>;
  },
  language: UiLanguage,
): ConfigAnswer {
  return {
    file: rest.file,
    values: maskSecrets(config),
    fields: fieldViews(config, origins, language).map((field) => ({ ...field, changeable: isChangeable(field.key) })),
    restart: [...rest.restart],
    backups: rest.backups.map(({ id, bytes }) => ({ id, bytes, ...atMs(id) })),
  };
}

/** Parses the time in an id such as `20261125_101500` (UTC). */
function atMs(id: string): { readonly atMs?: number } {
  const ms = Date.parse(id.replace(/^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d).*$/, '$1-$2-$3T$4:$5:$6Z'));
  return Number.isNaN(ms) ? {} : { atMs: ms };
}

async function refusals(
  set: ReadonlyMap<string, unknown>,
  config: Config,
  { source, env }: ConfigurationContext,
): Promise<readonly KeyMistake[]> {
  const origins = await originsOf(source);
  // The file may contain any address, but an address from the page is checked unless it is already configured.
  const addresses = addressKeys();
  const inForce = [...addresses].map((key) => valueAt(config, key));
  const found = [...set].map(async ([key, value]): Promise<readonly KeyMistake[]> => {
    const no = (text: Bilingual): KeyMistake[] => [{ key, text }];
    if (!isChangeable(key)) return no(resourceWords.configuration.notFromPage);
    const origin = origins.get(key)?.kind;
    if (origin === 'environment' || origin === 'flag') return no(resourceWords.configuration.setElsewhere);
    if (isReference(value)) return no(resourceWords.configuration.reference);
    const error =
      addresses.has(key) && typeof value === 'string' && !inForce.includes(value)
        ? await addressRefusal(value, key, config.admin.llm_ports)
        : undefined;
    return error
      ? no({ en: inOneLine(errorWords(error, 'en'), '. '), zh: inOneLine(errorWords(error, 'zh'), '。') })
      : [];
  });
  const mistakes = (await Promise.all(found)).flat();
  return mistakes.length > 0
    ? mistakes
    : keysLedAway(set, config, env).map((key) => ({ key, text: resourceWords.configuration.otherKey }));
}

const inOneLine = ({ message, remedy }: ErrorWords, stop: string): string => `${message}${stop}${remedy}`;

function refused(failure: ApplyFailure<ChorusError>, language: UiLanguage): ChangeConfigAnswer {
  if (failure.kind === 'unproven') return failed(failure.reason, 'turn', language);
  if (failure.kind === 'lost') throw failure.error;
  const { refusal } = failure;
  if ('mistakes' in refusal)
    return { ok: false, mistakes: refusal.mistakes.map(({ key, en, zh }) => ({ key, text: { en, zh } })) };
  const { part, code, message, details } = refusal.failed;
  return failed(new ChorusError(isErrorCode(code) ? code : 'internal', message, { details }), part, language);
}

function failed(error: ChorusError, part: string, language: UiLanguage): ChangeConfigAnswer {
  return { ok: false, part, error: { code: error.code, ...errorWords(error, language) } };
}

/** Undefined if the page may set this address. `key` is the configuration key of the address. */
async function addressRefusal(
  url: string,
  key: string,
  localPorts: readonly number[],
): Promise<ChorusError | undefined> {
  try {
    await checkServicePlace(url, { localPorts });
    return undefined;
  } catch (error) {
    if (error instanceof ChorusError) return error;
    const { code } = error as NodeJS.ErrnoException;
    // A name that does not resolve now is refused, because it may resolve to any address tomorrow.
    return new ChorusError(
      key.startsWith('tts.') ? 'tts.unreachable' : 'llm.unreachable',
      'the name of this address is not known',
      { cause: error, details: { system: code ?? '' } },
    );
  }
}
