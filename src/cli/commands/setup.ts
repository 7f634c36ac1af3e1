import type { DefineCommand } from '../command.js';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { intro, log, outro, password, spinner, text, updateSettings } from '@clack/prompts';
import { describeError } from '../../core/index.js';
import { writeConfig, type Config, type LoadedConfig } from '../../config/index.js';
import { keySettingOf, providers } from '../../providers/index.js';
import { CHINESE_MODEL, ENGLISH_MODEL, findModel } from '../../engines/index.js';
import { findServer } from '../../platform/store/index.js';
import { lanAddress } from '../../http/index.js';
import { dataFlag, type CliContext, type ConfigFlags } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { loadForCommand } from '../configuration/load.js';
import { configurationWords } from '../words/configuration.js';
import { speakOnce } from './setup-first-words.js';
import { askLlm, keyVariable } from './setup-language-model.js';
import { answered, choose, keepAnyway, withCommands, withPresent, type Values } from './setup-prompts.js';
import { openVoices, tryPort } from './setup-trials.js';
import { setupWords } from '../words/setup.js';

export const define: DefineCommand = (command, { dataOption, configOption, run }) => {
  command
    .addOption(dataOption())
    .addOption(configOption())
    .action(run((flags: Omit<ConfigFlags, 'set'>, context: CliContext) => runSetup({ ...flags, set: [] }, context)));
};

export interface SetupAnswers {
  readonly values: Values;
  readonly language: string;
  readonly llm: Config['llm'];
  readonly tts: Config['tts'];
}

async function runSetup(flags: ConfigFlags, context: CliContext): Promise<ExitCode> {
  const w = setupWords[context.language];
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    context.err(`${w.needsTerminal}\n`);
    return EXIT.usage;
  }
  const loaded = await loadForCommand(flags, context);
  const { config, file } = loaded;
  updateSettings({ messages: { cancel: w.cancelled, error: w.wentWrong } });
  intro(w.title);
  log.message(w.keys);
  const running = await findServer(resolve(flags.data));
  const { values, llm, tts, language } = await askAll(loaded, running, flags.data, context);
  const backup = await writeConfig({
    file,
    values,
    backups: { folder: join(flags.data, 'backups'), keep: config.backup.keep, wallMs: context.clock.wallMs() },
  });
  log.success(w.written(file));
  if (backup) log.info(configurationWords[context.language].kept(backup.id, backup.file));
  await speakOnce({ ...flags, data: flags.data }, llm, tts, language, context);
  outro(withCommands(w.done(dataFlag(flags.data)), context));
  return EXIT.ok;
}

/** Each question offers the configured value, so that pressing Enter changes nothing. */
export async function askAll(
  loaded: Pick<LoadedConfig, 'config' | 'origins'>,
  running: { readonly url: string } | undefined,
  dataDir: string,
  context: CliContext,
): Promise<SetupAnswers> {
  const { config } = loaded;
  const values: Values = new Map();
  const language = await askLanguage(loaded, values, dataDir, context);
  const llm = await askLlm(config, values, language, context);
  const tts = await askVoice(config, values, language, dataDir, context);
  await askPairing(config, values, context);
  await askPort(loaded, running === undefined ? undefined : Number(new URL(running.url).port), values, context);
  return { values, language, llm, tts };
}

async function askLanguage(
  { config, origins }: Pick<LoadedConfig, 'config' | 'origins'>,
  values: Values,
  dataDir: string,
  context: CliContext,
): Promise<string> {
  const w = setupWords[context.language];
  const own = context.language === 'zh' ? 'zh-CN' : 'en-US';
  const known = [
    { value: 'zh-CN', label: w.languages.zh },
    { value: 'en-US', label: w.languages.en },
    { value: 'auto', label: w.languages.auto },
  ];
  const initialValue = origins.has('session.language') ? config.session.language : own;
  const options = withPresent(known, initialValue, context);
  const choice = await choose(w.language, options, initialValue, context);
  values.set('session.language', choice);
  const language = choice === 'auto' ? own : choice;
  if (choice !== 'zh-CN') log.info(w.hearing(ENGLISH_MODEL));
  if (choice !== 'en-US') tellChinese(choice === 'auto', dataDir, context);
  return language;
}

function tellChinese(whenNeeded: boolean, dataDir: string, context: CliContext): void {
  const w = setupWords[context.language];
  const model = findModel(CHINESE_MODEL);
  if (model === undefined || existsSync(join(dataDir, 'models', CHINESE_MODEL)))
    return log.info(w.hearingChinese(CHINESE_MODEL));
  const command = `npx chorus models pull ${CHINESE_MODEL}${dataFlag(dataDir)}`;
  log.warn(withCommands(w.hearingLater(Math.round(model.downloadBytes / 1e6), whenNeeded, command), context));
}

async function askVoice(
  config: Config,
  values: Values,
  language: string,
  dataDir: string,
  context: CliContext,
): Promise<Config['tts']> {
  const w = setupWords[context.language];
  const options = withPresent(voiceChoices(context), config.tts.provider, context);
  let provider = config.tts.provider;
  for (;;) {
    provider = await choose(w.voice, options, provider, context);
    const voice = providers.voice(provider);
    const section = (config.tts as Readonly<Record<string, unknown>>)[provider] as { api_key?: string } | undefined;
    const asks =
      voice?.key !== undefined && section?.api_key === undefined && keyVariable(voice, context) === undefined;
    const key = asks ? answered(await password({ message: w.voiceKey }), context) : '';
    const tts: Config['tts'] = {
      ...config.tts,
      provider,
      // The configured voice belongs to the configured provider only.
      voice: provider === config.tts.provider ? config.tts.voice : undefined,
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
      if (tts.voice !== config.tts.voice) values.set('tts.voice', undefined);
      const setting = voice && keySettingOf(voice);
      if (key !== '' && setting !== undefined) values.set(setting, key);
      return tts;
    }
  }
}

/** Offers only voices that need no download. */
export function voiceChoices({ language }: Pick<CliContext, 'language'>) {
  const voices = providers.voices.filter(({ model }) => model === undefined);
  return [
    { value: 'auto', label: setupWords[language].voiceAuto },
    ...voices.map(({ id, name, about }) => ({ value: id, label: `${name[language]}: ${about[language]}` })),
  ];
}

async function askPairing({ auth }: Config, values: Values, context: CliContext): Promise<void> {
  const w = setupWords[context.language];
  const known = (['lan', 'code', 'open'] as const).map((value) => ({ value, label: w.pairings[value] }));
  const options = withPresent(known, auth.pairing, context);
  const pairing = await choose(w.pairing, options, auth.pairing, context);
  values.set('auth.pairing', pairing);
  const address = lanAddress();
  if (pairing === 'lan') log.info(address === undefined ? w.noLan : w.pairingWorks(address));
}

/** `runningPort` is the port of the server that uses this data folder. A flag may have changed the port. */
async function askPort(
  { config, origins }: Pick<LoadedConfig, 'config' | 'origins'>,
  runningPort: number | undefined,
  values: Values,
  context: CliContext,
): Promise<void> {
  const w = setupWords[context.language];
  let initial = origins.has('server.port') ? config.server.port : (runningPort ?? config.server.port);
  for (;;) {
    const validate = (value: string | undefined): string | undefined =>
      /^\d{1,5}$/.test(value ?? '') && Number(value) >= 1 && Number(value) <= 65_535 ? undefined : w.portNumber;
    const port = Number(answered(await text({ message: w.port, initialValue: String(initial), validate }), context));
    initial = port;
    if (port === runningPort) log.info(w.portOwn(port));
    else {
      const trial = await tryPort(config.server.host, port, context.clock);
      if (trial.ok) log.info(w.portFree(port, trial.value.toFixed(0)));
      else log.warn(w.portTaken(port));
      if (!trial.ok && !(await keepAnyway(context))) continue;
    }
    values.set('server.port', port);
    return;
  }
}
