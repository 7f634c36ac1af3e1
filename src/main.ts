import { join } from 'node:path';
import type { Config } from './config/index.js';
import { readHardware } from './machine/index.js';
import { asChorusError, type Logger, Scope, type ScopeTree, systemClock, uiLanguage } from './core/index.js';
import { createConversation, createDeviceTools, createLlm } from './dialogue/index.js';
import { createAdmission, createSlots, slotCount } from './scheduling/index.js';
import { createServer, ensureLocalToken, lanAddress, type ChorusServer } from './server/index.js';
import { createSessionHost, spokenPhrases, type RunningSessionHost } from './session/index.js';
import { openStore } from './store/index.js';
import { createLog, PrometheusMetrics } from './telemetry/index.js';
import { createModelStore, type EngineStatus, type ModelProgress, type ModelStore } from './voice/engines/index.js';
import { createEndpointPolicy, createListening, createRecognizer, type RecognizerLane } from './voice/listening/index.js';
import { createSpeaking, createSpeechEncoder, queueCeiling } from './voice/speaking/index.js';
import { configuredVoices } from './voices.js';

export interface StartOptions {
  readonly config: Config;
  readonly dataDir: string;
  /** Told of each new pairing code, to show it at the terminal. */
  readonly onCode?: (code: string, deviceId: string) => void;
}

/** What a person at the terminal, and `/readyz`, are told. */
export interface ServerStatus {
  readonly ready: boolean;
  readonly models: readonly ModelProgress[];
  /** Model that answers an English, and a Chinese, device now. */
  readonly recognition: { readonly en: string | undefined; readonly zh: string | undefined };
  readonly llm: string;
  readonly voices: readonly string[];
  readonly engines: readonly EngineStatus[];
  readonly maxTalking: number;
  readonly connections: number;
}

export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /** OTA addresses for devices, the one of the local network first. */
  readonly otaUrls: readonly string[];
  readonly websocketUrl: string;
  status(): ServerStatus;
  /** Everything that is alive, by its owner: for tests of leaks. */
  scopes(): ScopeTree;
  /** Resolves when speech can be understood and answered. Rejects when an engine cannot be started. */
  readonly ready: Promise<void>;
  /** No new turns; running replies finish; then everything is closed. Idempotent. */
  drain(reason: string): Promise<void>;
  readonly closed: Promise<void>;
}

/** Devices that may talk at once per CPU slot until this machine was measured (`max_concurrent_sessions: auto`): what the bench holds with room to spare. */
const TALKING_PER_SLOT = 5;
const CHILD_NICENESS = 10;
const CHILD_START_TIMEOUT_MS = 60_000;
/** Opus for speech at 24 kHz: transparent for a small loudspeaker, and half the CPU of complexity 10 (engines.md). */
const OPUS = { complexity: 5, bitrate: 32_000 };

/**
 * The composition root of `serve`: configuration to a graph of objects, the port opened, models loading behind it. Errors:
 * `server.*`, `data.*`, `store.failed`, `engine.failed`, `config.invalid`; nothing stays behind after one.
 */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { config, dataDir } = options;
  const log = openLog(config, dataDir);
  const root = new Scope('server', (name, error) => log.logger.error('a task failed', { task: name, error: asChorusError(error).message }));
  root.onClose(() => log.close());
  try {
    return await compose(options, root, log.logger);
  } catch (error) {
    await root.close('start failed');
    throw error;
  }
}

async function compose({ config, dataDir, onCode }: StartOptions, root: Scope, log: Logger): Promise<RunningServer> {
  const clock = systemClock;
  const metrics = new PrometheusMetrics();
  root.onClose(() => metrics.close());
  // Finalisers run last to first: the store is closed when nobody can write any more.
  const store = await openStore({ dataDir });
  root.onClose(() => store.close());
  const localToken = await ensureLocalToken(dataDir);
  const common = { clock, log, metrics };

  const hardware = readHardware();
  const slotTotal = config.load.slots === 'auto' ? slotCount({ cores: hardware.cores, quota: hardware.cpuQuota }) : config.load.slots;
  const slots = createSlots({ clock, metrics, slots: slotTotal, acquireTimeoutMs: config.asr.acquire_timeout_ms, maxOfKind: workersOf(config) });
  const maxTalking = config.max_concurrent_sessions === 'auto' ? slotTotal * TALKING_PER_SLOT : config.max_concurrent_sessions;
  const admission = createAdmission({ clock, metrics, maxTalking, conversationMs: config.session.conversation_ms });

  const engines = root.child('engines');
  const models = await createModelStore({
    ...common,
    directory: join(dataDir, 'models'),
    locale: config.models.locale === 'auto' ? localeOfMachine() : config.models.locale,
    mirrors: config.models.mirrors,
    scope: engines.child('models'),
  });
  const encoder = createSpeechEncoder({ ...common, scope: engines, niceness: CHILD_NICENESS, startTimeoutMs: CHILD_START_TIMEOUT_MS, opus: OPUS });
  const [listening] = await Promise.all([
    createListening({
      ...common,
      scope: engines,
      niceness: CHILD_NICENESS,
      startTimeoutMs: CHILD_START_TIMEOUT_MS,
      utterance: {
        threshold: config.vad.threshold,
        negThreshold: config.vad.threshold_off,
        minSpeechMs: config.vad.min_speech_ms,
        preRollMs: config.vad.pre_roll_ms,
        pieceSilenceMs: config.vad.speculate_silence_ms,
        commitAfterMs: config.vad.piece_ms,
        maxSegmentMs: config.vad.max_segment_ms,
        bargeInSpeechMs: config.vad.barge_in_ms,
      },
    }),
    encoder.start(),
  ]);
  const recognizer = createRecognizer({
    ...common,
    models,
    slots,
    slotCount: config.asr.pool_size === 'auto' ? slotTotal : config.asr.pool_size,
    model: config.asr.model,
    corrections: config.asr.corrections,
    autoPull: config.models.auto_pull,
    niceness: CHILD_NICENESS,
    scope: engines,
  });
  const providers = configuredVoices({ config: config.tts, ...common, scope: engines, encoder, models, slotCount: slotTotal });
  const speaking = createSpeaking({
    ...common,
    scope: engines,
    slots,
    encoder,
    providers,
    limits: { firstAudioMs: config.tts.timeout_ms, stallMs: config.tts.timeout_ms },
    pacing: {
      startLeadFrames: config.pacing.lead_start_packets,
      maxLeadFrames: config.pacing.lead_max_packets,
      leadGrowthFrames: 0.25,
      // One more than the device needs: timers and sockets at both ends are up to 1 ms off.
      minSpacingMs: config.pacing.min_spacing_ms + 1,
    },
    phraseCacheBytes: config.tts.phrase_cache_mb * 1024 * 1024,
  });

  const llm = createLlm({
    preset: config.llm.preset === 'none' ? undefined : config.llm.preset,
    baseUrl: config.llm.base_url,
    model: config.llm.model,
    apiKey: config.llm.api_key,
    temperature: config.llm.temperature,
    extraBody: undefined,
    firstTokenMs: config.llm.first_token_ms,
    replyMs: config.llm.total_ms,
    maxWorkers: config.llm.max_workers,
    clock,
    log,
    random: Math.random,
  });
  const sessions = createSessionHost({
    ...common,
    scope: root.child('sessions'),
    listening,
    recognizer,
    endpoint: createEndpointPolicy({
      preset: config.vad.preset,
      ...(config.vad.min_silence_ms === undefined ? {} : { minSilenceMs: config.vad.min_silence_ms }),
      ...(config.vad.max_silence_ms === undefined ? {} : { maxSilenceMs: config.vad.max_silence_ms }),
    }),
    speaking,
    admission,
    conversation: (identity) => {
      // A device of this language is here: its model is loaded, or fetched, while it says hello.
      recognizer.ensureFor(identity.language);
      return createConversation({
        ...common,
        llm,
        persona: config.llm.prompt,
        device: identity.board,
        maxTokens: config.llm.max_tokens,
        historyTurns: config.llm.history_turns,
      });
    },
    tools: (device) => createDeviceTools({ send: (payload) => device.send(payload), clock, log, scope: device.scope }),
    queueCeiling: ({ firmwareVersion, board }) => queueCeiling({ firmwareVersion, board, boards: config.pacing.boards }),
    voice: () => config.tts.voice,
    rules: {
      greeting: config.session.greeting,
      exitWords: config.session.exit_words,
      idleFarewellMs: config.session.idle_farewell_ms,
      idleCloseMs: config.session.idle_close_ms,
      fillerAfterMs: config.session.filler_ms,
      admissionWaitMs: config.session.busy_wait_ms,
      firstPacketGapMs: config.pacing.start_gap_ms + 20,
    },
    drainTimeoutMs: config.server.drain_ms,
  });

  let understands = false;
  const status = (): ServerStatus => ({
    ready: understands && engineStatuses().every((engine) => engine.state === 'ready'),
    models: models.progress(),
    recognition: { en: recognizer.modelFor('en-US'), zh: recognizer.modelFor('zh-CN') },
    llm: llm.id,
    voices: providers.map((provider) => provider.id),
    engines: engineStatuses(),
    maxTalking,
    connections: server.connections,
  });
  const engineStatuses = (): readonly EngineStatus[] => [listening.status(), encoder.status(), ...recognizer.statuses()];
  const server: ChorusServer = await createServer({
    host: config.server.host,
    port: config.server.port,
    publicUrl: config.server.public_url,
    publicPort: config.server.public_port,
    trustedProxies: config.server.trusted_proxies,
    auth: { mode: config.auth.pairing, autoBindMax: config.auth.auto_bind_max, allowlist: config.auth.allowlist },
    localToken,
    metricsToken: config.metrics.token,
    downlink: { sampleRateHz: 24_000, frameMs: 60 },
    defaultLanguage: config.session.language === 'auto' ? 'en-US' : config.session.language,
    timeZone: config.session.time_zone === 'auto' ? undefined : config.session.time_zone,
    limits: {
      textBytes: config.server.max_text_bytes,
      binaryBytes: config.server.max_binary_bytes,
      helloDeadlineMs: config.server.hello_timeout_ms,
      connections: config.server.max_connections,
      // A fleet behind one router boots at once after a power cut: a minute's worth may come in one burst.
      otaRequests: { burst: config.server.rate_limit_per_minute, perSecond: config.server.rate_limit_per_minute / 60 },
    },
    store,
    sessions,
    readiness: () => {
      const { ready, ...details } = status();
      return { ready, details };
    },
    exposition: config.metrics.enabled ? () => metrics.exposition() : undefined,
    onCode: ({ code, deviceId }) => {
      if (code !== undefined) onCode?.(code, deviceId);
    },
    ...common,
    scope: root.child('http'),
  });
  const address = await server.listen();

  const ready = (async (): Promise<void> => {
    await loadRecognition(recognizer, models, config, root.signal);
    understands = true;
    log.info('ready', { port: address.port, maxTalking });
    root.fork('warm phrases', () => speaking.warm(phrasesToWarm(config)));
  })();
  root.fork('load recognition', () => ready);

  const own = config.server.public_url ?? `http://${lanAddress() ?? '127.0.0.1'}:${config.server.public_port ?? address.port}`;
  const closed = new Promise<void>((resolve) => root.onClose(resolve));
  let draining: Promise<void> | undefined;
  return {
    host: address.host,
    port: address.port,
    otaUrls: [new URL('/xiaozhi/ota/', own).href, `http://127.0.0.1:${address.port}/xiaozhi/ota/`],
    websocketUrl: new URL('/xiaozhi/v1/', own.replace(/^http/, 'ws')).href,
    status,
    scopes: () => root.tree(),
    ready,
    drain: (reason) => (draining ??= drain(server, sessions, root, config.server.drain_ms, reason)),
    closed,
  };
}

async function drain(server: ChorusServer, sessions: RunningSessionHost, root: Scope, withinMs: number, reason: string): Promise<void> {
  await Promise.all([server.drain(withinMs), sessions.drain()]);
  await root.close(reason);
}

/** `auto`: all slots. */
function workersOf({ asr, tts }: Config): { asr?: number; tts?: number } {
  return { ...(asr.max_workers !== 'auto' && { asr: asr.max_workers }), ...(tts.max_workers !== 'auto' && { tts: tts.max_workers }) };
}

/** English comes with the package and is loaded at once; a server set to another language is ready when that one's model has been fetched. */
async function loadRecognition(recognizer: RecognizerLane, models: ModelStore, config: Config, signal: AbortSignal): Promise<void> {
  const language = config.session.language === 'auto' ? 'en-US' : config.session.language;
  recognizer.ensureFor(language);
  if (recognizer.modelFor(language) === undefined && config.models.auto_pull) await fetched(models, () => recognizer.modelFor(language) !== undefined, signal);
  await recognizer.prepare(language);
  // Chinese recognition that is installed already is loaded too, so that its first turn is as quick as its tenth.
  if (recognizer.modelFor('zh-CN') !== undefined) await recognizer.prepare('zh-CN');
}

function fetched(models: ModelStore, done: () => boolean, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = models.onChange(() => {
      if (!done()) return;
      stop();
      resolve();
    });
    signal.addEventListener('abort', () => {
      stop();
      reject(signal.reason);
    }, { once: true });
  });
}

function phrasesToWarm(config: Config): { text: string; language: string }[] {
  const languages = config.session.language === 'auto' ? ['en-US', 'zh-CN'] : [config.session.language];
  return languages.flatMap((language) => spokenPhrases(language).map((text) => ({ text, language })));
}

function openLog(config: Config, dataDir: string): ReturnType<typeof createLog> {
  const pretty = config.log.format === 'auto' ? process.stderr.isTTY : config.log.format === 'pretty';
  return createLog({
    level: config.log.level,
    transcripts: config.log.transcripts,
    file: config.log.file === undefined ? undefined : { folder: dataDir, name: config.log.file, maxBytes: config.log.file_max_mb * 1_000_000, keep: config.log.file_count - 1 },
    terminal: { output: process.stderr, format: pretty ? 'words' : 'json', colour: pretty },
  });
}

/** Mirrors that work in China first, where the machine seems to be. */
function localeOfMachine(): 'cn' | 'world' {
  const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return uiLanguage(locale) === 'zh' || /^Asia\/(Shanghai|Chongqing|Urumqi|Harbin)$/.test(timeZone) ? 'cn' : 'world';
}

