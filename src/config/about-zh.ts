import type { BuiltInVoiceSections } from '../providers/index.js';
import type { Config } from './schema.js';

/** What is one value to whoever sets it, lists and maps of free keys included. */
type Leaf = string | number | boolean | readonly unknown[];
type IsLeaf<T> = T extends Leaf ? true : string extends keyof T ? true : false;

/** Every key of the configuration that can be set, dotted. */
export type ConfigKey = KeysOf<Config, ''>;
type KeysOf<T, Prefix extends string> = {
  [K in keyof T & string]-?: true extends IsLeaf<NonNullable<T[K]>>
    ? `${Prefix}${K}`
    : KeysOf<NonNullable<T[K]>, `${Prefix}${K}.`>;
}[keyof T & string];

/** Every section, dotted. */
export type ConfigSection = SectionsOf<Config, ''>;
type SectionsOf<T, Prefix extends string> = {
  [K in keyof T & string]-?: true extends IsLeaf<NonNullable<T[K]>>
    ? never
    : `${Prefix}${K}` | SectionsOf<NonNullable<T[K]>, `${Prefix}${K}.`>;
}[keyof T & string];

/** A section of a provider: its words stand in its descriptor. */
type ProviderSection = `tts.${keyof BuiltInVoiceSections}`;

export const SECTIONS_ZH: Readonly<Record<Exclude<ConfigSection, ProviderSection>, string>> = {
  server: '网络方面的地址和限制。',
  auth: '哪些设备可以对话。',
  admin: '页面和它的接口（docs/admin-api.md）。',
  session: '一次对话怎样进行。',
  llm: '回答问题的大模型。',
  'llm.fallback': '大模型失败时由谁代答。',
  tts: '声音。',
  asr: '语音识别。',
  vad: '什么时候算开始说话，什么时候算说完。',
  models: '本地模型的下载。',
  pacing: '声音提前发送多少；设备的缓冲很小。',
  load: '用掉这台机器的多少。',
  metrics: '给运维人员的指标。',
  telemetry: '给运维人员的链路追踪。',
  firmware: '设备的固件升级（docs/firmware.zh-CN.md）。',
  log: '日志。',
  store: '设备的数据库。',
  history: '以往的对话记录。',
  upkeep: '定期维护。',
  backup: '备份。',
};

/**
 * Descriptions of all keys in Chinese but for those of providers; the English ones stand in the schema. A key without one
 * does not compile. They say all that the English ones say.
 */
export const ABOUT_ZH: Readonly<Record<Exclude<ConfigKey, `${ProviderSection}.${string}`>, string>> = {
  profile:
    'auto：按实测，这台机器能带多少就带多少。2c4g、4c8g、8c16g：为相应核数和内存（GB）的机器准备的保守定值；旁边另行设置的配置项优先。`chorus profile` 列出全部内容。',
  max_concurrent_sessions:
    '可以同时对话的设备数；再多的设备会被告知稍等。auto：这台机器带得动多少就是多少（load.target）。',

  'server.host': '监听的地址。0.0.0.0：所有网络；127.0.0.1：只有本机。',
  'server.port': '唯一的端口，HTTP、WebSocket、OTA 和指标都用它。0：任意空闲端口。',
  'server.public_url':
    '设备从外面怎样到达这台服务器，例如 https://voice.example.org。不设置时，设备得到的就是它请求时用的地址。',
  'server.public_port': '告诉设备的端口，用于它与 server.port 不同的情况（容器映射了端口）。',
  'server.ota_ports':
    '在哪些端口上也应答 OTA（docs/moving-over.md）：设备里存着另一台服务器的地址。`chorus config import` 会设置 8002 和 8003。端口被占用时只提示，不影响运行。',
  'server.trusted_proxies': '反向代理的地址或网段（10.0.0.0/8），它们给出的转发头会被采信。',
  'server.hello_timeout_ms': '到这时还没有发来 hello 的连接会被关闭。',
  'server.max_text_bytes': '设备的 JSON 消息最长多少。',
  'server.max_binary_bytes': '设备的音频消息最长多少。',
  'server.max_connections': '同时打开的设备连接数；连接本身开销很小，对话由 max_concurrent_sessions 限制。',
  'server.max_audio_ahead_ms':
    '一台设备可以比实时早发多少声音，它的所有连接合在一起；另加实时所发的十分之一。更多的不听。',
  'server.max_connections_per_address':
    '一个地址可以有多少个连接（不论种类），trusted_proxies 除外。在同一个路由器或未受信任的代理后面的设备共用一个地址。',
  'server.rate_limit_per_minute': '一个地址每分钟可以进行多少次 OTA、激活和被拒绝的握手。',
  'server.drain_ms':
    '停止服务器时，最多等多久让正在说话和正在得到回答的设备说完；之后就会被打断。`chorus drain --wait` 可以等得更久。',

  'auth.pairing':
    '怎样接纳新设备。lan：来自局域网的立即接纳，其余要念配对码。code：一律要念配对码。open：谁都可以。allowlist：只有 auth.allowlist 里的。',
  'auth.auto_bind_max': '配对方式 lan 最多不用配对码接纳多少台设备。',
  'auth.migration_days':
    '执行 `chorus config import` 之后多少天内，原服务器的设备从局域网来时不需要配对码。0：不允许。',
  'auth.allowlist': '配对方式 allowlist 接纳的 MAC 地址。',
  'admin.password':
    '页面和接口的密码，至少 8 个字符；也可以用 CHORUS_ADMIN_PASSWORD。不设时第一次启动会生成一个并显示一次，用 `chorus admin password` 可以改。',
  'admin.hosts':
    '打开页面时可以用的名字。IP 地址、不带点的名字、局域网的名字（.local、.lan、.home、.internal）和 server.public_url 里的名字不用写。其余的一律拒绝，免得别的网页借自己的名字访问这里。',
  'admin.llm_ports':
    '在页面上可以当作大模型试用的本机和局域网端口：Ollama、LM Studio、vLLM、llama.cpp。那里的其他端口一律拒绝。',

  'session.language': '没有说明语言的设备用什么语言，启动时也按它加载：zh-CN、en-US……auto：英语。',
  'session.time_zone': 'auto：zh-CN 的设备用 Asia/Shanghai，其余用这台机器的；也可以写名称，例如 Europe/Berlin。',
  'session.greeting': '只说唤醒词时，用一句简短的招呼回应。',
  'session.exit_words': '整句话就是其中之一时，结束对话。',
  'session.idle_farewell_ms': '安静这么久以后，设备说再见。',
  'session.idle_close_ms': '安静这么久以后，关闭连接。固件会断开安静了 120 秒的连接，所以要小于它。',
  'session.filler_ms': '到这时还听不到回答，就先说一句“我想一下”。',
  'session.busy_wait_ms': '设备等空位等这么久，仍没有就被告知服务器正忙。',
  'session.conversation_ms': '上一轮对话结束还不到这么久的设备，排在新来的前面。',

  'llm.preset':
    '已知的服务：自动填好地址和模型。none：设置了 llm.base_url 时用任意 OpenAI 兼容服务，否则用内置的离线助手。',
  'llm.base_url': 'OpenAI 兼容服务的地址，写到 /v1 为止；优先于预设的地址。',
  'llm.model': '模型名称；优先于预设的模型。',
  'llm.api_key':
    '服务的密钥；也可以用厂商惯用的环境变量（docs/configuration.zh-CN.md）。最好不写在这个文件里：写 "file:/path" 或 "env:NAME"，或设置环境变量。',
  'llm.prompt': '助手是谁、怎样说话。不设置时，用设备所用语言的一段简短友好的提示词。',
  'llm.first_token_ms': '等第一个字最长多久。',
  'llm.total_ms': '整个回答最长多久。',
  'llm.max_tokens': '回答最长多少。',
  'llm.history_turns': '告诉模型最近多少轮对话。',
  'llm.max_workers': '同时进行的请求数。',
  'llm.temperature': '不设置时用模型自己的。',
  'llm.speculative':
    '在一句话后的停顿里就开始作答，不等到确定后面没有别的话。auto：在不花钱的地方这样做（离线助手、局域网里的地址）。true：总是这样；作废的回答所用的 token 也要付费。',
  'llm.fallback.preset':
    '大模型在说出第一个字之前失败时由谁作答：已知的服务，或 offline（内置助手）。none：设置了 llm.fallback.base_url 时用任意 OpenAI 兼容服务，否则没有人代答，如实说明失败。',
  'llm.fallback.base_url': '它的地址；优先于预设的地址。',
  'llm.fallback.model': '它的模型；优先于预设的模型。',
  'llm.fallback.api_key':
    '它的密钥；也可以用厂商惯用的环境变量。最好不写在这个文件里：写 "file:/path" 或 "env:NAME"，或设置环境变量。',
  'llm.breaker_failures': '有代答者时：连续失败这么多次后，一段时间内不再问这个大模型。',
  'llm.breaker_open_ms': '这段时间有多长；之后用一次回答再试它。',

  'tts.provider': 'auto：第一个连得上且会这种语言的。也可以写先用哪一个的编号（docs/models.zh-CN.md）。',
  'tts.voice': '声音，用提供者自己的名称，例如 zh-CN-XiaoxiaoNeural。不设置时，用提供者为该语言准备的声音。',
  'tts.rate': '语速；1 为正常。',
  'tts.max_workers': '同时进行的本地合成数。auto：这台机器的 CPU 槽位数。',
  'tts.timeout_ms': '到这时还没有开始念一句话的云端声音，由下一个声音代替。',
  'tts.phrase_cache_mb': '用多少内存保存念过的句子。',
  'tts.phrase_cache_disk_mb': '用多少磁盘保存它们（data/phrases），重启后仍在。0：不用磁盘。',
  'tts.phrase_cache_recurring': '保存对三台或更多设备说过的句子；false：只保存招呼、道歉之类。',

  'asr.model':
    'auto：按设备的语言；也可以写 `chorus models list` 里的编号。sensevoice-cost 什么也听不懂，只供 `chorus bench` 测量。',
  'asr.pool_size': '一个模型里同时进行的识别数；它们共用一份权重。auto：这台机器的 CPU 槽位数。',
  'asr.replicas':
    '每个同时进行的识别各用一个进程和一份权重，而不是共用一份。只有同一会话不能同时做两件事的模型才需要；`chorus models list` 里的都不需要。',
  'asr.max_workers': '所有模型合计同时进行的识别数。auto：这台机器的 CPU 槽位数。',
  'asr.acquire_timeout_ms': '识别排队超过这么久就失败，设备会说明并道歉。',
  'asr.corrections': '把听到的词替换掉，例如 {"小只": "小智"}。',

  'vad.preset': 'child：认定说完之前等得更久（1000-1600 毫秒），适合孩子。',
  'vad.window_samples': '每次判断的采样数。模型只认 512。',
  'vad.threshold': '语音概率达到它，算开始说话。',
  'vad.threshold_off': '语音概率低于它，算停止说话。小于 vad.threshold。',
  'vad.min_speech_ms': '更短的声音不算说话。',
  'vad.pre_roll_ms': '保留察觉说话之前多久的声音。',
  'vad.speculate_silence_ms': '安静这么久就开始识别，不等到确定说完。',
  'vad.min_silence_ms': '至少安静多久才算说完。不设置时：300 毫秒，中文 600 毫秒，preset 为 child 时 1000 毫秒。',
  'vad.max_silence_ms': '最多等多久的安静。不设置时：1200 毫秒，preset 为 child 时 1600 毫秒。',
  'vad.max_segment_ms': '更长的话切成几段；太长的段会让识别永久多占内存。',
  'vad.piece_ms': '说了这么久之后，在停顿处一段一段地识别。',
  'vad.barge_in_ms': '在回答中说话达到这么久，就打断回答（realtime 模式）。',

  'models.auto_pull': '设备需要的模型没有时自动下载。',
  'models.mirrors': '从哪里下载模型，按此顺序。空：所有已知的，顺序由 models.locale 决定。',
  'models.locale': 'cn：先用在中国好用的镜像。auto：按这台机器的语言和时区。',

  'pacing.lead_start_packets': '回答开始时提前发送的包数（每包 60 毫秒）。',
  'pacing.lead_max_packets': '声音比说话快以后最多提前多少包；绝不超过设备装得下的数量。',
  'pacing.min_spacing_ms': '两个包之间的最短间隔。连发曾使单核的板子崩溃。',
  'pacing.start_gap_ms': '从“现在我要说话”到第一个声音的间隔；更早的声音会在设备里丢失。',
  'pacing.boards': '某个名称的板子装得下多少包，例如 {"bread-compact-esp32": 4}；优先于固件版本。',

  'load.target':
    '在服务器可用的 CPU 和内存（load.cpu、load.memory_gb）里，按实测的每台开销接纳设备到多大份额。off：不看负载，只按 max_concurrent_sessions（用于测量）。',
  'load.cpu': '服务器按多少个核计算。auto：机器的核数，或容器的配额。',
  'load.memory_gb': '服务器按多少内存（GB）计算。auto：机器的内存，或容器的上限。',
  'load.self_test':
    '没有人说话时给语音模型和本地声音计时一次，使设备数从一开始就准确；结果保存在数据文件夹里。用一个核一两秒。',
  'load.slots': '同时进行的本地推理数。auto：核数，在容器配额下更少。槽位数乘以线程数绝不超过核数。',
  'load.threads':
    '一次本地推理用几个线程。auto：设置了 OMP_NUM_THREADS 就用它，否则为 1，这样带的设备最多；更多线程能让一台设备更快，适合别无他事的机器。',

  'metrics.enabled': '提供 /metrics（Prometheus）。',
  'metrics.token':
    '令牌（Bearer），凭它从公网地址查看 /metrics 和 /readyz 的详情。不设置时只回答本机和内网地址。最好不写在这个文件里：写 "file:/path" 或 "env:NAME"，或设置环境变量。',

  'telemetry.otlp_endpoint':
    '把每一轮对话的 OpenTelemetry 追踪发给这个收集器（OTLP over HTTP），例如 http://localhost:4318。它需要的请求头：环境变量 OTEL_EXPORTER_OTLP_HEADERS。',

  'firmware.wave':
    '同时可以有多少台设备正在升级，从收到通知到带着新固件回来为止；回来的设备更多之后，就可以有同样多的设备同时升级。其余的设备在下次启动时升级。',
  'firmware.return_ms': '设备装了固件，过了这么久还没有消息，就算没有回来。',
  'firmware.return_share': '装过固件的设备中，带着它回来的比例低于这个值时，停止推送。0：从不停止。',
  'firmware.return_min_devices': '至少有多少台设备装过，才下这个结论。',
  'firmware.downloads': '同时进行的固件下载数。',
  'firmware.download_kb_per_s': '所有固件下载加在一起每秒多少 KB，使正在对话的设备不受影响。',

  'log.level': 'debug 会显示每一条消息。',
  'log.format': 'auto：在终端里用 pretty，否则每行一个 JSON。',
  'log.file': '同时写到这个文件（相对于数据文件夹）。',
  'log.file_max_mb': '日志文件到这么大就轮换。',
  'log.file_count': '保留多少个日志文件。',
  'log.transcripts': '记录人说了什么、得到什么回答。关闭时绝不写下。',

  'store.file': '数据库文件（相对于数据文件夹）。',
  'store.url':
    '用 PostgreSQL 数据库代替文件；几台服务器可以共用（docs/deploy.zh-CN.md）。sslmode：disable 不加密；no-verify 加密但不检查证书；verify-full 检查证书。最好不要写在这个文件里：写 "file:/路径" 或 "env:变量名"，或者设置环境变量。',
  'store.connections': '每台服务器同时连接 PostgreSQL 的连接数。',
  'store.timeout_ms': '等待数据库多久：等连接、等应答、等别的写入。',
  'history.keep_days': '对话记录在数据库里保存多少天：时间、设备、各阶段耗时、结果。0：不保存。',
  'history.transcripts': '是否连同人说的话一起保存。关闭时从不写入。',

  'upkeep.enabled':
    '每天一次，在没有人说话的时候：清理残留文件，查看日志，备份配置和数据库，检查数据库，删除过期的对话记录，观察服务器一分钟。用 `chorus upkeep` 随时可以做。',
  'upkeep.at': '什么时候做，按 session.time_zone 的时区。',
  'upkeep.idle_wait_minutes': '到时间后最多等多久，直到没有人说话。之后，不影响任何人的部分照样进行。',
  'upkeep.leftovers_hours': '未完成的文件这么久没有动过，就删除。',
  'upkeep.store_keep': '保留多少份数据库备份。',
  'upkeep.check_seconds': '性能检查观察服务器多少秒。0：不做。',
  'upkeep.reports_keep': '保留多少份性能检查的报告（data/reports）。',
  'upkeep.weekly_restart':
    '每周重启一次，在没有人说话时进行，否则也不打断任何人；只有在有人负责再启动它时（systemd、容器）才会做。不重启时内存怎样，有测量（docs/capacity.zh-CN.md）。',

  'backup.keep': '修改配置前保留的备份份数。',
  plugins:
    '已安装的 npm 包，可增加声音、识别、大模型和工具（docs/plugins.zh-CN.md）。插件拥有服务器的全部权限，只写你信任的。',
};
