import { join, resolve } from 'node:path';
import { cancel, intro, isCancel, log, outro, password, select, spinner, text } from '@clack/prompts';
import { describeError, sleep } from '../core/index.js';
import { LLM_PRESETS, PRESET_KEY_VARIABLES, writeConfig, type Config, type LlmPreset } from '../config/index.js';
import { detectOllama, LLM_PRESETS as SERVICES } from '../conversation/dialogue/index.js';
import { encodeClip, fleetIdentity, SimulatedDevice, UPLINK_RATE_HZ } from '../measure/fleet/index.js';
import { startServer } from '../main.js';
import { findServer } from '../platform/store/index.js';
import { lanAddress, readLocalToken } from '../http/index.js';
import { resampleInt16 } from '../audio/index.js';
import { dataFlag, type CliContext, type ConfigFlags } from './context.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { Exit } from './failure.js';
import { loadForCommand } from './load.js';
import { openVoiceBooth, tryLlm, tryPort, type VoiceBooth } from './setup-trials.js';

const READY_WAIT_MS = 15_000;

type Values = Map<string, unknown>;

/** `chorus setup`: five questions, each answer tried, then the whole server once through. */
export async function runSetup(flags: ConfigFlags, context: CliContext): Promise<ExitCode> {
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
  const ollama = await detectOllama(context.clock, undefined, context.interrupted);
  const options = [
    ...(ollama && ollama.models.length > 0
      ? [{ value: 'ollama', label: 'Ollama', hint: w.llmFound(ollama.models.slice(0, 3).join(', ')) }]
      : []),
    ...LLM_PRESETS.filter((preset) => preset !== 'ollama').map((preset) => ({
      value: preset as string,
      label: SERVICES[preset].title,
      hint: SERVICES[preset].model ?? '',
    })),
    { value: 'custom', label: w.llmCustom },
    { value: 'none', label: w.llmNone },
  ];
  for (;;) {
    const choice = answered(
      await select({ message: w.llm, options, initialValue: ollama ? 'ollama' : 'none' }),
      context,
    );
    const chosen = await llmDetails(choice, ollama?.models ?? [], config, context);
    const progress = spinner();
    const name = choice === 'none' ? 'offline' : choice;
    progress.start(w.trying(name));
    const trial = await tryLlm(chosen, w.test.prompt, language, context.clock, context.interrupted);
    progress.stop(
      trial.ok
        ? w.llmWorks(name, trial.value.firstMs.toFixed(0), trial.value.totalMs.toFixed(0), trial.value.text)
        : w.failed(name, describeError(trial.error, context.language)),
    );
    if (trial.ok || (await keepAnyway(context))) {
      for (const key of ['preset', 'base_url', 'model'] as const) values.set(`llm.${key}`, chosen[key]);
      if (chosen.api_key !== undefined && !keyVariable(chosen.preset, context))
        values.set('llm.api_key', chosen.api_key);
      return chosen;
    }
  }
}

function keyVariable(preset: Config['llm']['preset'], { env }: CliContext): string | undefined {
  return preset === 'none' ? undefined : PRESET_KEY_VARIABLES[preset].find((name) => (env[name] ?? '') !== '');
}

async function llmDetails(
  choice: string,
  ollamaModels: readonly string[],
  config: Config,
  context: CliContext,
): Promise<Config['llm']> {
  const w = context.words.setup;
  const base = { ...config.llm, preset: 'none' as const, base_url: undefined, model: undefined, api_key: undefined };
  if (choice === 'none') return base;
  if (choice === 'ollama') {
    const model = answered(
      await select({ message: w.llmModel, options: ollamaModels.map((name) => ({ value: name, label: name })) }),
      context,
    );
    return { ...base, preset: 'ollama', model };
  }
  if (choice === 'custom') {
    const url = answered(
      await text({
        message: w.baseUrl,
        placeholder: 'http://192.168.1.20:1234/v1',
        validate: (value) => (URL.canParse(value ?? '') ? undefined : 'http(s)://…/v1'),
      }),
      context,
    );
    const model = answered(
      await text({ message: w.llmModel, validate: (value) => (value === undefined || value === '' ? '…' : undefined) }),
      context,
    );
    const key = answered(await password({ message: w.key(url) }), context);
    return { ...base, base_url: url, model, ...(key !== '' && { api_key: key }) };
  }
  const preset = choice as LlmPreset;
  const variable = keyVariable(preset, context);
  if (variable !== undefined) {
    log.info(w.keyFromEnvironment(variable));
    return { ...base, preset, api_key: context.env[variable] };
  }
  const key = answered(await password({ message: w.key(SERVICES[preset].title) }), context);
  return { ...base, preset, ...(key !== '' && { api_key: key }) };
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
  const options = (['auto', 'edge', 'flite', 'espeak', 'openai'] as const).map((value) => ({
    value,
    label: w.voices[value],
  }));
  for (;;) {
    const provider = answered(
      await select<Config['tts']['provider']>({ message: w.voice, options, initialValue: 'auto' }),
      context,
    );
    const key =
      provider === 'openai' && config.tts.openai.api_key === undefined
        ? answered(await password({ message: w.voiceKey }), context)
        : '';
    const tts: Config['tts'] = {
      ...config.tts,
      provider,
      openai: { ...config.tts.openai, ...(key !== '' && { api_key: key }) },
    };
    const progress = spinner();
    progress.start(w.trying(options.find(({ value }) => value === provider)?.label ?? provider));
    const booth = await openVoiceBooth(tts, dataDir, context.clock, context.interrupted);
    const trial = await booth.trial(w.test.sentence, language);
    await booth.close();
    progress.stop(
      trial.ok
        ? trial.value.before
            .map(({ id, error }) => w.voiceInstead(id, describeError(error, context.language)))
            .join('') + w.voiceWorks(trial.value.id, trial.value.firstMs.toFixed(0), trial.value.totalMs.toFixed(0))
        : w.failed(provider, describeError(trial.error, context.language)),
    );
    if (trial.ok || (await keepAnyway(context))) {
      values.set('tts.provider', provider);
      if (key !== '') values.set('tts.openai.api_key', key);
      return tts;
    }
  }
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
  let booth: VoiceBooth | undefined;
  let server: Awaited<ReturnType<typeof startServer>> | undefined;
  let device: SimulatedDevice | undefined;
  try {
    const dataDir = resolve(flags.data);
    // Any free port, this machine only: the port of the answers may be taken by a server that runs already.
    const { config } = await loadForCommand(
      { ...flags, set: [...flags.set, 'server.host=127.0.0.1', 'server.port=0', 'log.level=error'] },
      context,
    );
    booth = await openVoiceBooth(tts, dataDir, context.clock, context.interrupted);
    const sound = await booth.say(w.test.sentence, language);
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
    await booth?.close();
    await server?.drain('the set-up is done');
  }
}
