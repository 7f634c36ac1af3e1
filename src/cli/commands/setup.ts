import type { DefineCommand } from '../command.js';
import { join, resolve } from 'node:path';
import { cancel, intro, isCancel, log, outro, password, select, spinner, text } from '@clack/prompts';
import { describeError, sleep } from '../../core/index.js';
import { writeConfig, type Config } from '../../config/index.js';
import { keySettingOf, providers, type LanguageModelDescriptor, type VoiceDescriptor } from '../../providers/index.js';
import { encodeClip, fleetIdentity, SimulatedDevice, UPLINK_RATE_HZ } from '../../measure/fleet/index.js';
import { startServer } from '../../main.js';
import { findServer } from '../../platform/store/index.js';
import { lanAddress, readLocalToken } from '../../http/index.js';
import { resampleInt16 } from '../../audio/index.js';
import { dataFlag, type CliContext, type ConfigFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { Exit } from '../failure.js';
import { loadForCommand } from '../configuration/load.js';
import { openVoices, tryLlm, tryPort, type SetupVoices } from './setup-trials.js';

/** `chorus setup`. */
export const define: DefineCommand = (command, { dataOption, configOption, run }) => {
  command
    .addOption(dataOption())
    .addOption(configOption())
    .action(run((flags: Omit<ConfigFlags, 'set'>, context: CliContext) => runSetup({ ...flags, set: [] }, context)));
};

const READY_WAIT_MS = 15_000;

type Values = Map<string, unknown>;

/** `chorus setup`: five questions, each answer tried, then the whole server once through. */
async function runSetup(flags: ConfigFlags, context: CliContext): Promise<ExitCode> {
  const w = context.words.setup;
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    context.err(`${w.needsTerminal}\n`);
    return EXIT.usage;
  }
  const loaded = await loadForCommand(flags, context);
  const { config, file } = loaded;
  intro(w.title);
  const values: Values = new Map();
  const language = await askLanguage(values, context);
  const llm = await askLlm(config, values, language, context);
  const tts = await askVoice(config, values, language, flags.data, context);
  await askPairing(values, context);
  await askPort(config, values, context);
  await writeConfig({
    file,
    values,
    backups: { folder: join(flags.data, 'backups'), keep: config.backup.keep, wallMs: context.clock.wallMs() },
  });
  log.success(w.written(file));
  await speakOnce({ ...flags, data: flags.data }, llm, tts, language, context);
  outro(w.done(dataFlag(flags.data)));
  return EXIT.ok;
}

/** The answer, or the end of the command when it was cancelled. */
function answered<T>(answer: T, context: CliContext): Exclude<T, symbol> {
  if (isCancel(answer) || typeof answer === 'symbol') {
    cancel(context.words.setup.cancelled);
    throw new Exit(EXIT.interrupted);
  }
  return answer as Exclude<T, symbol>;
}

async function askLanguage(values: Values, context: CliContext): Promise<string> {
  const w = context.words.setup;
  const options = [
    { value: 'zh-CN', label: w.languages.zh },
    { value: 'en-US', label: w.languages.en },
    { value: 'auto', label: w.languages.auto },
  ];
  const choice = answered(
    await select({ message: w.language, options, initialValue: context.language === 'zh' ? 'zh-CN' : 'en-US' }),
    context,
  );
  values.set('session.language', choice);
  const language = choice === 'auto' ? (context.language === 'zh' ? 'zh-CN' : 'en-US') : choice;
  log.info(language === 'en-US' ? w.hearing('moonshine-tiny-en') : w.hearingLater);
  return language;
}

async function askLlm(config: Config, values: Values, language: string, context: CliContext): Promise<Config['llm']> {
  const w = context.words.setup;
  const services = await servicesHere(context);
  const local = services.find(({ models }) => models.length > 0);
  const options = [
    ...services.map(({ preset: { id, name, model }, models }) => ({
      value: id,
      label: name[context.language],
      hint: models.length > 0 ? w.llmFound(models.slice(0, 3).join(', ')) : (model ?? ''),
    })),
    { value: 'custom', label: w.llmCustom },
    { value: 'none', label: w.llmNone },
  ];
  for (;;) {
    const choice = answered(
      await select({ message: w.llm, options, initialValue: local?.preset.id ?? 'none' }),
      context,
    );
    const service = services.find(({ preset }) => preset.id === choice);
    const chosen = await llmDetails(choice, service, config, context);
    const progress = spinner();
    const name = providers.languageModel(service?.preset.id, chosen.base_url)?.name[context.language] ?? choice;
    progress.start(w.trying(name));
    const trial = await tryLlm(chosen, w.test.prompt, language, context.clock, context.interrupted);
    progress.stop(
      trial.ok
        ? w.llmWorks(name, trial.value.firstMs.toFixed(0), trial.value.totalMs.toFixed(0), trial.value.text)
        : w.failed(name, describeError(trial.error, context.language)),
    );
    if (trial.ok || (await keepAnyway(context))) {
      for (const key of ['preset', 'base_url', 'model'] as const) values.set(`llm.${key}`, chosen[key]);
      if (chosen.api_key !== undefined && (!service || keyVariable(service.preset, context) === undefined))
        values.set('llm.api_key', chosen.api_key);
      return chosen;
    }
  }
}

/** A known service, and the models that it has where it runs on this machine. */
interface Service {
  readonly preset: LanguageModelDescriptor;
  readonly models: readonly string[];
}

/** Those that are found on this machine first; those that would have to be here and are not are left out. */
async function servicesHere({ clock, interrupted }: CliContext): Promise<readonly Service[]> {
  const all = providers.presets.map(async (preset): Promise<readonly Service[]> => {
    if (!preset.discover) return [{ preset, models: [] }];
    const models = (await preset.discover(clock, interrupted)) ?? [];
    return models.length > 0 ? [{ preset, models }] : [];
  });
  return (await Promise.all(all)).flat().toSorted((a, b) => Math.sign(b.models.length) - Math.sign(a.models.length));
}

function keyVariable({ key }: LanguageModelDescriptor | VoiceDescriptor, { env }: CliContext): string | undefined {
  return key?.variables.find((name) => (env[name] ?? '') !== '');
}

async function llmDetails(
  choice: string,
  service: Service | undefined,
  config: Config,
  context: CliContext,
): Promise<Config['llm']> {
  const w = context.words.setup;
  const base = { ...config.llm, preset: 'none', base_url: undefined, model: undefined, api_key: undefined };
  if (choice === 'none') return base;
  if (!service) return { ...base, ...(await askAddress(context)) };
  const { preset, models } = service;
  const chosen = { ...base, preset: preset.id };
  if (models.length > 0) {
    const options = models.map((name) => ({ value: name, label: name }));
    return { ...chosen, model: answered(await select({ message: w.llmModel, options }), context) };
  }
  const variable = keyVariable(preset, context);
  if (variable !== undefined) {
    log.info(w.keyFromEnvironment(variable));
    return { ...chosen, api_key: context.env[variable] };
  }
  const key = preset.key ? answered(await password({ message: w.key(preset.name[context.language]) }), context) : '';
  return { ...chosen, ...(key !== '' && { api_key: key }) };
}

const notAnAddress = (value?: string): string | undefined => (URL.canParse(value ?? '') ? undefined : 'http(s)://…/v1');
const empty = (value?: string): string | undefined => (value === undefined || value === '' ? '…' : undefined);

/** A service of one's own. */
async function askAddress(context: CliContext): Promise<Partial<Config['llm']>> {
  const w = context.words.setup;
  const url = answered(
    await text({ message: w.baseUrl, placeholder: 'http://192.168.1.20:1234/v1', validate: notAnAddress }),
    context,
  );
  const model = answered(await text({ message: w.llmModel, validate: empty }), context);
  const key = answered(await password({ message: w.key(url) }), context);
  return { base_url: url, model, ...(key !== '' && { api_key: key }) };
}

async function keepAnyway(context: CliContext): Promise<boolean> {
  const { again, retry } = context.words.setup;
  return answered(
    await select({
      message: again,
      options: [
        { value: false, label: retry.again },
        { value: true, label: retry.keep },
      ],
    }),
    context,
  );
}

async function askVoice(
  config: Config,
  values: Values,
  language: string,
  dataDir: string,
  context: CliContext,
): Promise<Config['tts']> {
  const w = context.words.setup;
  const options = voiceChoices(context);
  for (;;) {
    const provider = answered(await select({ message: w.voice, options, initialValue: 'auto' }), context);
    const voice = providers.voice(provider);
    const section = (config.tts as Readonly<Record<string, unknown>>)[provider] as { api_key?: string } | undefined;
    const asks =
      voice?.key !== undefined && section?.api_key === undefined && keyVariable(voice, context) === undefined;
    const key = asks ? answered(await password({ message: w.voiceKey }), context) : '';
    const tts: Config['tts'] = {
      ...config.tts,
      provider,
      ...(key !== '' && { [provider]: { ...section, api_key: key } }),
    };
    const progress = spinner();
    progress.start(w.trying(options.find(({ value }) => value === provider)?.label ?? provider));
    const voices = await openVoices(tts, dataDir, context.clock, context.interrupted);
    const trial = await voices.trial(w.test.sentence, language);
    await voices.close();
    progress.stop(
      trial.ok
        ? trial.value.before
            .map(({ id, error }) => w.voiceInstead(id, describeError(error, context.language)))
            .join('') + w.voiceWorks(trial.value.id, trial.value.firstMs.toFixed(0), trial.value.totalMs.toFixed(0))
        : w.failed(provider, describeError(trial.error, context.language)),
    );
    if (trial.ok || (await keepAnyway(context))) {
      values.set('tts.provider', provider);
      const setting = voice && keySettingOf(voice);
      if (key !== '' && setting !== undefined) values.set(setting, key);
      return tts;
    }
  }
}

/** `auto`, and each voice that needs nothing to be downloaded. */
export function voiceChoices({ words, language }: Pick<CliContext, 'words' | 'language'>) {
  const voices = providers.voices.filter(({ model }) => model === undefined);
  return [
    { value: 'auto', label: words.setup.voiceAuto },
    ...voices.map(({ id, name, about }) => ({ value: id, label: `${name[language]}: ${about[language]}` })),
  ];
}

async function askPairing(values: Values, context: CliContext): Promise<void> {
  const w = context.words.setup;
  const options = (['lan', 'code', 'open'] as const).map((value) => ({ value, label: w.pairings[value] }));
  const pairing = answered(await select({ message: w.pairing, options, initialValue: 'lan' }), context);
  values.set('auth.pairing', pairing);
  const address = lanAddress();
  if (pairing === 'lan') log.info(address === undefined ? w.noLan : w.pairingWorks(address));
}

async function askPort(config: Config, values: Values, context: CliContext): Promise<void> {
  const w = context.words.setup;
  for (;;) {
    const validate = (value: string | undefined): string | undefined =>
      /^\d{1,5}$/.test(value ?? '') && Number(value) >= 1 && Number(value) <= 65_535 ? undefined : w.portNumber;
    const port = Number(
      answered(await text({ message: w.port, initialValue: String(config.server.port), validate }), context),
    );
    const trial = await tryPort(config.server.host, port, context.clock);
    if (trial.ok) log.info(w.portFree(port, trial.value.toFixed(0)));
    else log.warn(w.portTaken(port));
    if (trial.ok || (await keepAnyway(context))) {
      values.set('server.port', port);
      return;
    }
  }
}

/** The whole way once: a simulated device says a sentence to a server with the new settings. */
async function speakOnce(
  flags: ConfigFlags,
  llm: Config['llm'],
  tts: Config['tts'],
  language: string,
  context: CliContext,
): Promise<void> {
  const w = context.words.setup;
  if ((await findServer(resolve(flags.data))) !== undefined) {
    log.warn(w.serverRuns);
    return;
  }
  const progress = spinner();
  progress.start(w.speaking);
  let voices: SetupVoices | undefined;
  let server: Awaited<ReturnType<typeof startServer>> | undefined;
  let device: SimulatedDevice | undefined;
  try {
    const dataDir = resolve(flags.data);
    // Any free port, this machine only: the port of the answers may be taken by a server that runs already.
    const { config } = await loadForCommand(
      { ...flags, set: [...flags.set, 'server.host=127.0.0.1', 'server.port=0', 'log.level=error'] },
      context,
    );
    voices = await openVoices(tts, dataDir, context.clock, context.interrupted);
    const sound = await voices.say(w.test.sentence, language);
    const clip = encodeClip(await resampleInt16(sound.pcm, sound.rateHz, UPLINK_RATE_HZ));
    server = await startServer({ config: { ...config, llm }, dataDir });
    // A model that has to be fetched first is not waited for: the device is told so, which is what the user will hear too.
    await Promise.race([server.ready, sleep(context.clock, READY_WAIT_MS, context.interrupted)]);
    const localToken = await readLocalToken(dataDir);
    device = new SimulatedDevice({
      otaUrl: `http://127.0.0.1:${server.port}/xiaozhi/ota/`,
      identity: fleetIdentity(0, language),
      clock: context.clock,
      ...(localToken !== undefined && { localToken }),
    });
    await device.boot(context.interrupted);
    const turn = await device.say(clip, { begin: 'click' });
    const answer = turn.sentences.map((sentence) => sentence.text).join(' ');
    if (turn.outcome === 'answered' || turn.outcome === 'cut_off')
      progress.stop(
        w.spoke(turn.heard ?? context.words.device.nothingHeard, answer, (turn.timeline.firstSoundMs ?? 0).toFixed(0)),
      );
    else progress.stop(w.failed(w.speaking, turn.outcome));
  } catch (error) {
    progress.stop(w.failed(w.speaking, describeError(error, context.language)));
  } finally {
    device?.close();
    await voices?.close();
    await server?.drain('the set-up is done');
  }
}
