import { isIP } from 'node:net';
import { z } from 'zod';
import {
  httpUrl,
  secret,
  text,
  type BuiltInVoiceSections,
  type ProviderRegistry,
  type SettingsSchema,
} from '../providers/index.js';
import { PROFILES } from './profiles.js';

/**
 * The whole configuration: one schema, defaults beside the fields, keys as users type them. Descriptions are what
 * `config schema` gives to editors and what docs/configuration.md is made of. What belongs to a provider follows from its
 * descriptor (src/providers/). Numbers without another source come from docs/architecture.md, or were given when the
 * project began; docs/configuration.md shows all of them.
 *
 * `meta({ live: true })` on a section or a key: a running server takes another value over (SIGHUP, `config apply`). What has
 * no such mark, nor a section that has, takes effect after a restart. src/composition/ keeps the promise.
 */

const ms = (max: number) => z.int().min(0).max(max);
const autoOr = (max: number) => z.union([z.literal('auto'), z.int().min(1).max(max)]).default('auto');
const macAddress = z
  .string()
  .regex(/^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$/)
  .meta({ examples: ['a0:85:e3:f4:49:34'] })
  .transform((mac) => mac.toLowerCase().replaceAll('-', ':'));

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** An address, or a network in CIDR notation. */
function isNetwork(value: string): boolean {
  const [address = '', prefix, more] = value.split('/');
  const family = isIP(address);
  if (family === 0 || more !== undefined) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

const server = z.strictObject({
  host: text(255)
    .default('0.0.0.0')
    .describe('Address to listen on. 0.0.0.0: every network; 127.0.0.1: this machine only.'),
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(8000)
    .describe('The one port for HTTP, WebSocket, OTA and metrics. 0: any free port.'),
  public_url: httpUrl
    .optional()
    .describe(
      'How devices reach this server from outside, for example https://voice.example.org. Without it they are told the address they asked.',
    )
    .meta({ live: true }),
  public_port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('The port devices are told when it differs from server.port (a container with a mapped port).')
    .meta({ live: true }),
  ota_ports: z
    .array(z.int().min(1).max(65_535))
    .max(8)
    .default([])
    .describe(
      'Ports on which OTA is answered too (docs/moving-over.md): devices of another server have its address stored. `chorus config import` sets 8002 and 8003. One that is in use is told, and no more.',
    ),
  trusted_proxies: z
    .array(
      text(64)
        .refine(isNetwork)
        .meta({ examples: ['10.0.0.2', '10.0.0.0/8'] }),
    )
    .max(64)
    .default([])
    .describe('Addresses or networks (10.0.0.0/8) of reverse proxies whose forwarding headers are believed.'),
  hello_timeout_ms: z
    .int()
    .min(1000)
    .max(60_000)
    .default(10_000)
    .describe('A connection that has not said hello by then is closed.'),
  max_text_bytes: z.int().min(1024).max(1_048_576).default(65_536).describe('Longest JSON message of a device.'),
  max_binary_bytes: z.int().min(1500).max(65_536).default(4096).describe('Longest audio message of a device.'),
  max_connections: z
    .int()
    .min(1)
    .max(100_000)
    .default(2000)
    .describe('Open device connections at a time; connecting is cheap, talking is limited by max_concurrent_sessions.'),
  max_audio_ahead_ms: z
    .int()
    .min(5000)
    .max(600_000)
    .default(20_000)
    .describe(
      'Sound that a device may send ahead of real time, all its connections together; a tenth of what it sends in real time comes on top. What is more is not heard.',
    ),
  max_connections_per_address: z
    .int()
    .min(1)
    .max(100_000)
    .default(1000)
    .describe(
      'Connections of any kind from one address, not counting trusted_proxies. Devices behind one router or one proxy that is not trusted share an address.',
    ),
  rate_limit_per_minute: z
    .int()
    .min(1)
    .max(100_000)
    .default(120)
    .describe('OTA, activation and refused handshakes that one address may make in a minute.'),
  drain_ms: ms(600_000)
    .default(30_000)
    .describe(
      'How long a stopping server lets those finish who speak or are answered; then they are cut. `chorus drain --wait` may take longer.',
    )
    .meta({ live: true }),
});

const auth = z.strictObject({
  pairing: z
    .enum(['lan', 'code', 'open', 'allowlist'])
    .default('lan')
    .describe(
      'How a new device is admitted. lan: at once when it comes from the local network, else by spoken code. code: always by spoken code. open: everybody. allowlist: only auth.allowlist.',
    ),
  auto_bind_max: z.int().min(0).max(10_000).default(10).describe('Devices that pairing "lan" binds without a code.'),
  migration_days: z
    .int()
    .min(0)
    .max(365)
    .default(14)
    .describe(
      'After `chorus config import`: for how many days from then devices of the old server come in from the local network without a code. 0: none.',
    )
    .meta({ live: false }),
  allowlist: z.array(macAddress).max(10_000).default([]).describe('MAC addresses that pairing "allowlist" admits.'),
});

const admin = z.strictObject({
  password: secret(
    'Password of the page and its API, at least 8 characters; also CHORUS_ADMIN_PASSWORD. Without it one is made at the first start and printed once; `chorus admin password` sets another.',
    undefined,
    8,
  ),
  hosts: z
    .array(
      text(255)
        .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/)
        .meta({ examples: ['voice.example.org'] }),
    )
    .max(64)
    .default([])
    .describe(
      'Names by which the page is opened, besides IP addresses, names without a dot, names of a local network (.local, .lan, .home, .internal) and that of server.public_url. Others are refused, so that a foreign web page cannot reach it through a name of its own.',
    ),
  llm_ports: z
    .array(z.int().min(1).max(65_535))
    .max(32)
    .default([11_434, 1234, 8000, 8080])
    .describe(
      'Ports on this machine and in the local network that may be tried as a language model from the page: Ollama, LM Studio, vLLM, llama.cpp. Other ports there are refused.',
    ),
});

const vad = z.strictObject({
  preset: z
    .enum(['default', 'child'])
    .default('default')
    .describe('child: waits longer (1000-1600 ms) before it takes a pause for the end.')
    .meta({ live: true }),
  window_samples: z.literal(512).default(512).describe('Samples per decision. The model knows only 512.'),
  threshold: z.number().min(0.05).max(0.95).default(0.5).describe('Speech probability at which speech begins.'),
  threshold_off: z
    .number()
    .min(0.01)
    .max(0.95)
    .default(0.35)
    .describe('Speech probability below which speech ends. Below vad.threshold.'),
  min_speech_ms: ms(2000).default(160).describe('Shorter sounds are not speech.'),
  pre_roll_ms: ms(2000).default(200).describe('Audio kept from before the speech was noticed.'),
  speculate_silence_ms: z
    .int()
    .min(100)
    .max(2000)
    .default(128)
    .describe('Silence after which recognition starts without waiting for the end to be certain.'),
  min_silence_ms: z
    .int()
    .min(200)
    .max(5000)
    .optional()
    .describe('Shortest silence that ends a turn. Without it: 300 ms, for Chinese 600 ms, preset child 1000 ms.')
    .meta({ live: true }),
  max_silence_ms: z
    .int()
    .min(200)
    .max(5000)
    .optional()
    .describe('Longest silence that is waited for. Without it: 1200 ms, preset child 1600 ms.')
    .meta({ live: true }),
  max_segment_ms: z
    .int()
    .min(2000)
    .max(20_000)
    .default(15_000)
    .describe('A longer utterance is cut into pieces; longer pieces make recognition take memory for good.'),
  piece_ms: z
    .int()
    .min(1000)
    .max(20_000)
    .default(2000)
    .describe('Speech after which an utterance is recognised piece by piece at its pauses.'),
  barge_in_ms: z
    .int()
    .min(100)
    .max(2000)
    .default(300)
    .describe('Speech over a reply that interrupts it (realtime mode).'),
});

const session = z.strictObject({
  language: z
    .string()
    .regex(/^(auto|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*)$/)
    .meta({ examples: ['auto', 'zh-CN', 'en-US'] })
    .default('auto')
    .describe(
      'The language of devices that do not say theirs, and the one that is loaded at start: zh-CN, en-US ... auto: English.',
    )
    .meta({ live: false }),
  time_zone: text(64)
    .refine((name) => name === 'auto' || isTimeZone(name))
    .meta({ examples: ['auto', 'Asia/Shanghai', 'Europe/Berlin'] })
    .default('auto')
    .describe('auto: Asia/Shanghai for a zh-CN device, else that of this machine; else a name such as Europe/Berlin.')
    .meta({ live: false }),
  greeting: z.boolean().default(true).describe('Answer a bare wake word with a short greeting.'),
  exit_words: z
    .array(text(64))
    .max(64)
    .default(['退出', '关闭', '再见', '拜拜', 'goodbye'])
    .describe('One of these as the whole utterance ends the conversation.'),
  idle_farewell_ms: z
    .int()
    .min(5000)
    .max(110_000)
    .default(60_000)
    .describe('After that much silence the device says goodbye.'),
  idle_close_ms: z
    .int()
    .min(6000)
    .max(119_000)
    .default(70_000)
    .describe(
      'After that much silence the connection is closed. Firmware drops connections that are silent for 120 s, so it stays below.',
    ),
  filler_ms: z
    .int()
    .min(500)
    .max(30_000)
    .default(2500)
    .describe('When a reply is not heard by then, a short "let me think" is.'),
  busy_wait_ms: z
    .int()
    .min(0)
    .max(30_000)
    .default(3000)
    .describe('How long a device waits for room before it is told that the server is busy.'),
  conversation_ms: z
    .int()
    .min(0)
    .max(600_000)
    .default(30_000)
    .describe('A device whose last turn is younger goes before newcomers.'),
});

const pacing = z.strictObject({
  lead_start_packets: z.int().min(1).max(30).default(3).describe('Packets (60 ms) sent ahead when a reply begins.'),
  lead_max_packets: z
    .int()
    .min(1)
    .max(30)
    .default(10)
    .describe('Packets sent ahead once the voice is faster than speech; never more than the device can hold.'),
  min_spacing_ms: z
    .int()
    .min(20)
    .max(60)
    .default(20)
    .describe('Shortest distance of two packets. Bursts have crashed single-core boards.'),
  start_gap_ms: z
    .int()
    .min(100)
    .max(1000)
    .default(100)
    .describe('Distance from "now I speak" to the first sound; earlier sound is lost in the device.'),
  boards: z
    .record(text(128), z.int().min(1).max(40))
    .default({})
    .describe(
      'Packets that boards of a name can hold, for example {"bread-compact-esp32": 4}; goes before the firmware version.',
    ),
});

const autoOrAmount = (min: number, max: number) =>
  z.union([z.literal('auto'), z.number().min(min).max(max)]).default('auto');

const load = z.strictObject({
  target: z
    .union([z.literal('off'), z.number().min(0.1).max(1)])
    .default(0.7)
    .describe(
      'Share of the CPU and memory that the server may have (load.cpu, load.memory_gb) up to which devices are let in, by what each was measured to cost. off: load is not looked at, only max_concurrent_sessions counts (for measuring).',
    ),
  cpu: autoOrAmount(0.1, 1024).describe(
    'Cores that the server reckons with. auto: those of the machine, or the quota of its container.',
  ),
  memory_gb: autoOrAmount(0.25, 65_536).describe(
    'Memory (GB) that the server reckons with. auto: that of the machine, or the limit of its container.',
  ),
  self_test: z
    .boolean()
    .default(true)
    .describe(
      'Time the speech model and a local voice once, while nobody talks, so that the number of devices is right from the beginning; kept in the data folder. Takes a second or two of one core.',
    ),
  slots: autoOr(256).describe(
    'Local inferences at a time. auto: the number of cores, less under a container quota. Slots times threads never exceed the cores.',
  ),
  threads: autoOr(64).describe(
    'Threads of one local inference. auto: OMP_NUM_THREADS where it is set, else 1, which carries the most devices; more make one device faster on a machine that has nothing else to do.',
  ),
});

const models = z.strictObject({
  auto_pull: z
    .boolean()
    .default(true)
    .describe('Fetch the models that a device needs when they are missing.')
    .meta({ live: true }),
  mirrors: z
    .array(z.union([z.enum(['modelscope', 'hf-mirror', 'huggingface', 'github', 'npm']), httpUrl]))
    .max(16)
    .default([])
    .describe('Where models are fetched, in this order. Empty: all known ones, the order by models.locale.'),
  locale: z
    .enum(['auto', 'cn', 'world'])
    .default('auto')
    .describe('cn: mirrors that work in China first. auto: by language and time zone of this machine.'),
});

const metrics = z.strictObject({
  enabled: z.boolean().default(true).describe('Answer /metrics (Prometheus).'),
  token: secret(
    'Bearer token that opens /metrics and the details of /readyz to public addresses. Without it only loopback and private addresses are answered.',
  ),
});

const telemetry = z.strictObject({
  otlp_endpoint: httpUrl
    .optional()
    .describe(
      'Send an OpenTelemetry trace of every turn to this collector (OTLP over HTTP), for example http://localhost:4318. Headers that it wants: environment variable OTEL_EXPORTER_OTLP_HEADERS.',
    ),
});

const log = z.strictObject({
  level: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('debug shows every message.')
    .meta({ live: true }),
  format: z.enum(['auto', 'pretty', 'json']).default('auto').describe('auto: pretty on a terminal, else JSON lines.'),
  file: text(1024).optional().describe('Also write to this file (relative to the data folder).'),
  file_max_mb: z.int().min(1).max(10_240).default(10).describe('Size at which the log file is rotated.'),
  file_count: z.int().min(1).max(1000).default(5).describe('Log files kept.'),
  transcripts: z
    .boolean()
    .default(false)
    .describe('Log what people say and what they are answered. Off: never written.')
    .meta({ live: true }),
});

const store = z.strictObject({
  file: text(1024).default('chorus.db').describe('Database file (relative to the data folder).'),
  url: z
    .string()
    .max(8192)
    .regex(/^(postgres(ql)?:\/\/|file:|env:)/)
    .optional()
    .meta({
      writeOnly: true,
      examples: [
        'postgres://chorus:password@db.example.org:5432/chorus?sslmode=verify-full',
        'file:/run/secrets/store_url',
      ],
      description:
        'A PostgreSQL database in place of the file; several servers may share it (docs/deploy.md). sslmode: disable, no-verify (encrypted, certificate not checked), verify-full. Better not in this file: write "file:/path" or "env:NAME", or set the environment variable.',
    }),
  connections: z.int().min(1).max(100).default(5).describe('Connections to PostgreSQL at a time, of each server.'),
  timeout_ms: z
    .int()
    .min(500)
    .max(60_000)
    .default(5000)
    .describe('How long the database is waited for: a connection, an answer, another writer.'),
});

const history = z.strictObject({
  keep_days: z
    .int()
    .min(0)
    .max(3650)
    .default(30)
    .describe(
      'How long turns are kept in the database: when, which device, how long each stage took, how it ended. 0: they are not.',
    ),
  transcripts: z.boolean().default(false).describe('Keep what people said with them. Off: never written.'),
});

const backup = z.strictObject({
  keep: z.int().min(1).max(1000).default(10).describe('Copies of the configuration kept before changes.'),
});

const firmware = z.strictObject({
  wave: z
    .int()
    .min(1)
    .max(10_000)
    .default(5)
    .describe(
      'Devices that may be under way with a firmware at a time, from the offer until they are back; once more of them are back with it, as many as those. Others get it at their next start.',
    ),
  return_ms: z
    .int()
    .min(10_000)
    .max(86_400_000)
    .default(900_000)
    .describe('A device that has taken a firmware and is not heard of for so long has not come back.'),
  return_share: z
    .number()
    .min(0)
    .max(1)
    .default(0.7)
    .describe('A firmware is halted when a smaller share of the devices that took it came back with it. 0: never.'),
  return_min_devices: z
    .int()
    .min(1)
    .max(1000)
    .default(3)
    .describe('How many devices must have taken it before that is concluded.'),
  downloads: z.int().min(1).max(100).default(4).describe('Firmware downloads at a time.'),
  download_kb_per_s: z
    .int()
    .min(16)
    .max(1_000_000)
    .default(1024)
    .describe('Kilobytes a second of all firmware downloads together, so that those who talk notice nothing.'),
});

const TIME = String.raw`([01]\d|2[0-3]):[0-5]\d`;

const upkeep = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe(
      'Once a day, while nobody talks: clear leftovers away, look at the log, copy configuration and database, check the database, remove old turns, watch the server for a minute. `chorus upkeep` does it at any time.',
    ),
  at: z
    .string()
    .regex(new RegExp(`^${TIME}$`))
    .meta({ examples: ['04:00'] })
    .default('04:00')
    .describe('When, in session.time_zone.'),
  idle_wait_minutes: z
    .int()
    .min(0)
    .max(1440)
    .default(60)
    .describe('How long it is waited then for nobody to talk. After that what disturbs nobody is done all the same.'),
  leftovers_hours: z
    .int()
    .min(1)
    .max(8760)
    .default(24)
    .describe('Unfinished files that were not touched for so long are removed.'),
  store_keep: z.int().min(1).max(1000).default(10).describe('Copies of the database that are kept.'),
  check_seconds: z
    .int()
    .min(0)
    .max(3600)
    .default(60)
    .describe('How long the performance check watches the server. 0: it is left out.'),
  reports_keep: z.int().min(1).max(1000).default(14).describe('Its reports that are kept (data/reports).'),
  weekly_restart: z
    .string()
    .regex(new RegExp(`^(off|(mon|tue|wed|thu|fri|sat|sun) ${TIME})$`))
    .meta({ examples: ['off', 'sun 04:30'] })
    .default('off')
    .describe(
      'Restart once a week, when nobody talks or else without cutting anybody short; only where something starts the server again (systemd, a container). What memory does without it is measured (docs/capacity.md).',
    ),
});

/** A section for each voice that has settings. */
function voiceSections(providers: ProviderRegistry): BuiltInVoiceSections {
  return sectionsOf(providers.voices) as unknown as BuiltInVoiceSections;
}

/** Of providers that have settings. */
function sectionsOf(
  described: readonly { readonly id: string; readonly settings: SettingsSchema }[],
): Readonly<Record<string, z.ZodPrefault<SettingsSchema>>> {
  const sections = described
    .filter(({ settings }) => Object.keys(settings.shape).length > 0)
    .map(({ id, settings }) => [id, settings.prefault({}).meta(settings.meta() ?? {})] as const);
  return Object.fromEntries(sections);
}

/** Language models that can be named as a fallback, the default one first. */
function fallbacks({ languageModels, presets }: ProviderRegistry): readonly string[] {
  return [...languageModels.filter(({ chosenBy }) => chosenBy === 'default'), ...presets].map(({ id }) => id);
}

const asrOf = (providers: ProviderRegistry) =>
  z.strictObject({
    model: z
      .enum(['auto', ...[...providers.recognizers, ...providers.recognitionServices].map(({ id }) => id)])
      .default('auto')
      .describe(
        'auto: by the language of the device; else an id of `chorus models list`. sensevoice-cost understands nothing: `chorus bench` measures with it.',
      ),
    pool_size: autoOr(64)
      .describe(
        'Recognitions at a time inside one model; they share one copy of its weights. auto: the CPU slots of this machine.',
      )
      .meta({ live: false }),
    replicas: z
      .boolean()
      .default(false)
      .describe(
        'A process and a copy of the weights for each of these recognitions, instead of one for all. For a model that cannot do two things at once in one session; those of `chorus models list` can.',
      )
      .meta({ live: false }),
    max_workers: autoOr(64).describe('Recognitions at a time over all models. auto: the CPU slots of this machine.'),
    acquire_timeout_ms: z
      .int()
      .min(100)
      .max(60_000)
      .default(10_000)
      .describe('A recognition that waits longer for its turn fails with an apology.')
      .meta({ live: false }),
    corrections: z
      .record(text(64), z.string().max(64))
      .default({})
      .describe('Words to replace in what was understood, for example {"小只": "小智"}.'),
    ...sectionsOf(providers.recognitionServices),
  });

const ttsOf = (providers: ProviderRegistry) =>
  z.strictObject({
    provider: z
      .enum(['auto', ...providers.voices.map(({ id }) => id)])
      .default('auto')
      .describe(
        'auto: the first that can be reached and speaks the language. Else the one that is asked first, by its id (docs/models.md).',
      ),
    voice: text(128)
      .optional()
      .describe(
        "The voice by the provider's own name, for example zh-CN-XiaoxiaoNeural. Without it: the provider's voice for the language.",
      ),
    rate: z.number().min(0.5).max(2).default(1).describe('Speed of speech; 1 is normal.'),
    max_workers: autoOr(64).describe('Local syntheses at a time. auto: the CPU slots of this machine.'),
    timeout_ms: z
      .int()
      .min(500)
      .max(60_000)
      .default(8000)
      .describe('A cloud voice that has not begun a sentence by then is replaced by the next one.'),
    phrase_cache_mb: z
      .int()
      .min(1)
      .max(4096)
      .default(32)
      .describe('Memory for sentences that were spoken before.')
      .meta({ live: false }),
    phrase_cache_disk_mb: z
      .int()
      .min(0)
      .max(65_536)
      .default(128)
      .describe('Disk for them (data/phrases), so that they are there after a restart. 0: none.')
      .meta({ live: false }),
    phrase_cache_recurring: z
      .boolean()
      .default(true)
      .describe('Keep what was said to three devices or more; false: only greetings, apologies and the like.')
      .meta({ live: false }),
    ...voiceSections(providers),
  });

const llmOf = (providers: ProviderRegistry) =>
  z.strictObject({
    preset: z
      .enum(['none', ...providers.presets.map(({ id }) => id)])
      .default('none')
      .describe(
        'A known service: fills base URL and model. none: with llm.base_url any OpenAI-compatible service, without it the built-in offline assistant.',
      ),
    base_url: httpUrl
      .optional()
      .describe("Address of an OpenAI-compatible service, up to and including /v1; overrides the preset's."),
    model: text(128).optional().describe("Model name; overrides the preset's."),
    api_key: secret("Key of the service; also the vendor's usual environment variable (docs/configuration.md)."),
    prompt: z
      .string()
      .max(20_000)
      .optional()
      .describe(
        'Who the assistant is and how it talks. Without it: a short friendly one in the language of the device.',
      ),
    first_token_ms: z.int().min(500).max(120_000).default(8000).describe('Longest wait for the first word.'),
    total_ms: z.int().min(1000).max(600_000).default(60_000).describe('Longest time for a whole reply.'),
    max_tokens: z.int().min(16).max(8192).default(300).describe('Longest reply.'),
    history_turns: z.int().min(0).max(200).default(10).describe('Turns of the conversation that the model is told.'),
    max_workers: z.int().min(1).max(1000).default(8).describe('Requests at a time.'),
    temperature: z.number().min(0).max(2).optional().describe("Without it: the model's own."),
    speculative: z
      .union([z.literal('auto'), z.boolean()])
      .default('auto')
      .describe(
        'Begin the answer in the pause after a sentence, before it is certain that no more is said. auto: where that costs nothing (the offline assistant, an address in the local network). true: always; tokens of answers that are thrown away are paid.',
      ),
    fallback: z
      .strictObject({
        preset: z
          .enum(['none', ...fallbacks(providers)])
          .default('none')
          .describe(
            'Who answers when the language model fails before its first word: a known service, or offline (the built-in assistant). none: with llm.fallback.base_url any OpenAI-compatible service, without it nobody, and the failure is told.',
          ),
        base_url: httpUrl.optional().describe("Its address; overrides the preset's."),
        model: text(128).optional().describe("Its model; overrides the preset's."),
        api_key: secret("Its key; also the vendor's usual environment variable."),
      })
      .prefault({})
      .describe('Who answers when the language model fails.'),
    breaker_failures: z
      .int()
      .min(1)
      .max(100)
      .default(3)
      .describe('With a fallback: failures in a row after which the language model is not asked for a while.'),
    breaker_open_ms: z
      .int()
      .min(1000)
      .max(3_600_000)
      .default(30_000)
      .describe('How long; then one answer tries it again.'),
  });

/** The schema of the configuration with these providers. */
export const schemaOf = (providers: ProviderRegistry) =>
  z.strictObject({
    profile: z
      .enum(['auto', ...PROFILES])
      .default('auto')
      .describe(
        'auto: what this machine carries, measured. 2c4g, 4c8g, 8c16g: careful fixed values for a machine of so many cores and GB; keys that are set beside it win. `chorus profile` shows them all.',
      )
      .meta({ live: true }),
    max_concurrent_sessions: autoOr(10_000)
      .describe(
        'Devices that may talk at the same time; the next one is told to wait. auto: what this machine carries (load.target).',
      )
      .meta({ live: true }),
    server: server.prefault({}).describe('Addresses and limits of the network side.'),
    auth: auth.prefault({}).describe('Which devices may talk.').meta({ live: true }),
    admin: admin.prefault({}).describe('The page and its API (docs/admin-api.md).').meta({ live: true }),
    session: session.prefault({}).describe('How a conversation goes.').meta({ live: true }),
    llm: llmOf(providers).prefault({}).describe('The language model that answers.').meta({ live: true }),
    tts: ttsOf(providers).prefault({}).describe('The voice.').meta({ live: true }),
    asr: asrOf(providers).prefault({}).describe('Speech recognition.').meta({ live: true }),
    vad: vad.prefault({}).describe('When somebody speaks and when they have finished.'),
    models: models.prefault({}).describe('Fetching of local models.'),
    pacing: pacing
      .prefault({})
      .describe("How far ahead sound is sent; the device's buffer is small.")
      .meta({ live: true }),
    load: load.prefault({}).describe('How much of this machine is used.'),
    metrics: metrics.prefault({}).describe('Measurements for operators.'),
    telemetry: telemetry.prefault({}).describe('Traces for operators.'),
    firmware: firmware.prefault({}).describe('Firmware updates of devices (docs/firmware.md).').meta({ live: true }),
    log: log.prefault({}).describe('The log.'),
    store: store.prefault({}).describe('The database of devices.'),
    history: history.prefault({}).describe('Turns of the past.').meta({ live: true }),
    upkeep: upkeep.prefault({}).describe('What is done regularly.').meta({ live: true }),
    backup: backup.prefault({}).describe('Safety copies.').meta({ live: true }),
    plugins: z
      .array(text(214).regex(/^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/))
      .max(64)
      .default([])
      .meta({ examples: [['chorus-voice-acme']] })
      .describe(
        'Installed npm packages that add voices, recognisers, language models and tools (docs/plugins.md). A plug-in runs with all rights of the server: name only those that you trust.',
      ),
  });

/** Deeply frozen by the loader. */
export type Config = z.output<ReturnType<typeof schemaOf>>;
