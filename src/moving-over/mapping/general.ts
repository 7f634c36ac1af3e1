import { ALIASES } from '../../config/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import { both } from '../../core/index.js';
import { booleanOf, isPlaceholder, numberOf, textOf, textsOf, type Tree } from '../tree.js';
import type { Row, Values } from './row.js';

/** Everything outside the modules, in the order of that server's file. */
export const GENERAL_ROWS: readonly Row[] = [
  {
    from: 'server.ip',
    to: 'server.host',
    about: both('Address to listen on.', '监听地址。'),
    sourceDefaults: ['0.0.0.0'],
    take: (value) => set('server.host', textOf(value)),
  },
  {
    from: 'server.port',
    to: 'server.port',
    about: both(
      'The same port: devices have stored the address of the WebSocket.',
      '端口不变：设备里存着 WebSocket 地址。',
    ),
    sourceDefaults: [8000],
    take: (value) => set('server.port', port(value)),
  },
  {
    from: 'server.http_port',
    to: 'server.ota_ports',
    about: both(
      'OTA is also answered there, and on 8002 (manager-api): devices have that address stored.',
      '在这个端口和 8002（智控台）上也应答 OTA：设备里存着这个地址。',
    ),
    elsewhere: true,
  },
  {
    from: 'server.websocket',
    to: 'server.public_url',
    about: both(
      'A public address is kept. A local one is not needed: devices are told the address that they asked.',
      '公网地址会沿用；局域网地址不需要：设备用哪个地址来问，就告诉它哪个地址。',
    ),
    take: publicUrl,
  },
  {
    from: 'server.ota',
    about: both(
      'Not needed: Chorus answers OTA on its own address and on the old ports.',
      '不需要：Chorus 在自己的地址和原来的端口上应答 OTA。',
    ),
  },
  { from: 'server.vision_explain', about: both('Camera pictures are not looked at yet.', '暂不支持识别摄像头图片。') },
  {
    from: 'server.timezone_offset',
    to: 'session.time_zone',
    about: both(
      'Chinese devices are in Asia/Shanghai by themselves; another whole number of hours is taken.',
      '中文设备默认就是 Asia/Shanghai；其他整小时偏移会沿用。',
    ),
    sourceDefaults: [8, '+8', '8'],
    take: timeZone,
  },
  {
    from: 'server.auth.enabled',
    about: both(
      'Chorus always asks for a token; devices of this network get theirs at once (auth.pairing).',
      'Chorus 总是要求令牌；本地网络的设备会立即得到令牌（auth.pairing）。',
    ),
  },
  {
    from: 'server.auth.tokens',
    about: both(
      'Accepted for the device that they belong to until it has fetched a new one; kept as a hash in the database.',
      '在设备取得新令牌之前，仍然接受它原来的令牌；数据库里只存散列值。',
    ),
    elsewhere: true,
    secret: true,
  },
  {
    from: 'server.auth.allowed_devices',
    to: 'auth.allowlist',
    about: both(
      'They become known devices without a code (auth.migration_days). The list counts if auth.pairing is "allowlist".',
      '这些设备在这里也是已知设备：无需配对码（auth.migration_days）。auth.pairing 为 allowlist 时此列表生效。',
    ),
    sourceDefaults: [['11:22:33:44:55:66']],
    take: allowlist,
  },
  {
    from: 'server.auth.expire_seconds',
    about: both('Old tokens end when that server would have ended them.', '旧令牌的有效期与原服务器相同。'),
    elsewhere: true,
  },
  {
    from: 'server.auth_key',
    about: both(
      'Tokens that were signed with it are accepted; kept in the database.',
      '用它签发的旧令牌会被接受；保存在数据库里。',
    ),
    elsewhere: true,
    secret: true,
  },
  {
    from: 'server.secret',
    about: both('As server.auth_key: manager-api signs with it.', '同 server.auth_key：智控台用它签发令牌。'),
    elsewhere: true,
    secret: true,
  },
  {
    from: 'server.mqtt_gateway',
    about: both(
      'There is no MQTT yet. Such a device is told the WebSocket when it boots next.',
      '暂不支持 MQTT。设备下次启动时会得到 WebSocket 地址。',
    ),
    manual: true,
  },
  { from: 'server.mqtt_signature_key', about: both('There is no MQTT yet.', '暂不支持 MQTT。'), secret: true },
  { from: 'server.mqtt_manager_api', about: both('There is no MQTT yet.', '暂不支持 MQTT。') },
  { from: 'server.udp_gateway', about: both('There is no UDP yet.', '暂不支持 UDP。') },
  {
    from: 'server.mcp_endpoint',
    about: both(
      'There is no MCP access point yet; tools of the device itself work.',
      '暂不支持 MCP 接入点；设备自身的工具可用。',
    ),
    manual: true,
    secret: true,
  },
  { from: 'server.voice_print', about: both('Speakers are not told apart.', '不区分说话人。') },
  {
    from: 'server.*',
    about: both('Belongs to the web console of that server.', '属于原服务器的智控台。'),
    secret: true,
  },
  {
    from: 'log.log_level',
    to: 'log.level',
    about: both('Level of the log.', '日志级别。'),
    sourceDefaults: ['INFO'],
    take: logLevel,
  },
  {
    from: 'log.log_format',
    about: both('The log has its own format (log.format).', '日志有自己的格式（log.format）。'),
  },
  {
    from: 'log.log_format_file',
    about: both('The log has its own format (log.format).', '日志有自己的格式（log.format）。'),
  },
  {
    from: 'log.log_dir',
    about: both(
      'The log goes to the terminal; log.file writes a file too.',
      '日志输出到终端；log.file 可同时写入文件。',
    ),
  },
  {
    from: 'log.log_file',
    about: both(
      'The log goes to the terminal; log.file writes a file too.',
      '日志输出到终端；log.file 可同时写入文件。',
    ),
  },
  { from: 'log.data_dir', about: both('The data folder is the one that --data names.', '数据文件夹由 --data 指定。') },
  { from: 'delete_audio', about: both('Not needed: audio is never written to disk.', '不需要：音频从不写入磁盘。') },
  {
    from: 'close_connection_no_voice_time',
    to: 'session.idle_close_ms, session.idle_farewell_ms',
    about: both(
      'Seconds become milliseconds, at most 115 s (firmware gives up at 120 s); the farewell comes 10 s before.',
      '秒换算为毫秒，最多 115 秒（固件在 120 秒时自行断开）；提前 10 秒道别。',
    ),
    sourceDefaults: [120],
    take: (value) => alias('close_connection_no_voice_time', value),
  },
  {
    from: 'tts_timeout',
    to: 'tts.timeout_ms',
    about: both('Seconds become milliseconds.', '秒换算为毫秒。'),
    sourceDefaults: [10],
    take: (value) => seconds('tts.timeout_ms', value, 500, 60_000),
  },
  { from: 'tool_call_timeout', about: both('Tools of a device have a fixed limit.', '设备工具的超时时间是固定的。') },
  {
    from: 'enable_wakeup_words_response_cache',
    about: both(
      'Not needed: greetings and other phrases are kept ready by themselves.',
      '不需要：问候语等短语总是预先准备好。',
    ),
  },
  {
    from: 'enable_greeting',
    to: 'session.greeting',
    about: both('Whether a bare wake word is answered.', '只说唤醒词时是否问候。'),
    sourceDefaults: [true],
    take: (value) => set('session.greeting', booleanOf(value)),
  },
  { from: 'enable_stop_tts_notify', about: both('There is no sound after an answer.', '回答之后没有提示音。') },
  { from: 'stop_tts_notify_voice', about: both('There is no sound after an answer.', '回答之后没有提示音。') },
  {
    from: 'enable_websocket_ping',
    about: both(
      'Not needed: dead connections are noticed, and old firmware breaks when it is pinged.',
      '不需要：断开的连接会被发现，而旧固件收到 ping 会断线。',
    ),
  },
  {
    from: 'tts_audio_send_delay',
    about: both(
      'Not needed: packets are sent by one clock and never ahead of the device’s buffer (pacing).',
      '不需要：按统一时钟发送，不超过设备缓冲（pacing）。',
    ),
  },
  {
    from: 'exit_commands',
    to: 'session.exit_words',
    about: both('One of these as the whole utterance ends the conversation.', '整句话是其中之一时结束对话。'),
    sourceDefaults: [['退出', '关闭']],
    take: exitWords,
    isText: true,
  },
  {
    from: 'xiaozhi',
    about: both(
      'Not needed: the greeting of the protocol is Chorus’s own (24 kHz, 60 ms).',
      '不需要：协议握手由 Chorus 决定（24 kHz，60 ms）。',
    ),
  },
  {
    from: 'module_test',
    about: both('Sentences of a test tool; here it is `chorus bench`.', '测试工具的句子；这里用 `chorus bench`。'),
  },
  {
    from: 'wakeup_words',
    about: both('Not needed: what the device reports as its wake word is one.', '不需要：设备报告的唤醒词就是唤醒词。'),
  },
  {
    from: 'mcp_endpoint',
    about: both(
      'There is no MCP access point yet; tools of the device itself work.',
      '暂不支持 MCP 接入点；设备自身的工具可用。',
    ),
    manual: true,
    secret: true,
  },
  {
    from: 'context_providers',
    about: both('There is nothing that adds data to the prompt.', '没有向提示词注入数据的功能。'),
  },
  {
    from: 'plugins.*',
    about: both(
      'There are no built-in plugins (weather, news, music, Home Assistant); tools of the device itself work.',
      '没有内置插件（天气、新闻、音乐、Home Assistant）；设备自身的工具可用。',
    ),
    secret: true,
  },
  { from: 'voiceprint', about: both('Speakers are not told apart.', '不区分说话人。') },
  {
    from: 'prompt',
    to: 'llm.prompt',
    about: both(
      'Who the assistant is. That it should speak in short sentences is added by Chorus.',
      '助手的人设。“说短句”等要求由 Chorus 自动加上。',
    ),
    take: prompt,
    isText: true,
  },
  {
    from: 'prompt_template',
    about: both(
      'Not needed: Chorus frames the prompt itself (agent-base-prompt.txt). Its character belongs into llm.prompt.',
      '不需要：提示词外框（agent-base-prompt.txt）由 Chorus 自带；其中的人设请写入 llm.prompt。',
    ),
  },
  {
    from: 'system_error_response',
    about: both(
      'Each kind of error has its own spoken sentence, in Chinese and English.',
      '每种错误都有各自的中英文语音提示。',
    ),
  },
  {
    from: 'end_prompt',
    about: both(
      'The farewell is a short sentence that is kept ready, not one of the language model.',
      '道别是预先准备好的短句，不由大模型生成。',
    ),
  },
  {
    from: 'read_config_from_api',
    about: both(
      'Says that settings are in the web console: import its database too.',
      '表示设置在智控台里：请同时导入它的数据库。',
    ),
  },
  {
    from: 'manager-api.url',
    about: both(
      'Settings, devices and agents are in that database: `mysqldump` it, and import the file.',
      '设置、设备和智能体在智控台数据库里：请用 `mysqldump` 导出后再导入。',
    ),
    elsewhere: true,
  },
  {
    from: 'manager-api.secret',
    about: both('As server.auth_key: tokens are signed with it.', '同 server.auth_key：用它签发令牌。'),
    elsewhere: true,
    secret: true,
  },
  {
    from: 'manager-api.*',
    about: both('There is no web console apart from the server.', '没有独立于服务器的智控台。'),
  },
  {
    from: 'selected_module',
    about: both(
      'Says which provider of each module counts; the others are not read.',
      '指明每个模块用哪个服务；其余的不读取。',
    ),
    elsewhere: true,
  },
  { from: 'device_max_output_size', about: both('There is no daily limit for a device.', '没有每台设备的每日上限。') },
  {
    from: 'aliyun.*',
    about: both('Text messages for signing in to the web console of that server.', '原智控台的短信登录。'),
    secret: true,
  },
  { from: 'system.*', about: both('Belongs to the web console of that server.', '属于原服务器的智控台。') },
  { from: 'system-web.*', about: both('Belongs to the web console of that server.', '属于原服务器的智控台。') },
];

/**
 * What a guide for several devices at a time sets (`.config_optimized.yaml`), at whatever depth it stands. `from`: the
 * last name.
 */
export const GUIDE_ROWS: readonly Row[] = [
  {
    from: 'chunk_size',
    to: 'vad.window_samples',
    about: both(
      '512 is what the model of voice activity knows, and all it knows; another number is not taken.',
      '语音活动检测模型只认 512；其他数值不采用。',
    ),
    take: (value) => (numberOf(value) === 512 ? { 'vad.window_samples': 512 } : undefined),
  },
  {
    from: 'max_concurrent_sessions',
    to: 'max_concurrent_sessions',
    about: both(
      'Devices that may talk at the same time. Without it, Chorus measures what the machine carries.',
      '可同时对话的设备数。不设置时由 Chorus 测出这台机器能带多少。',
    ),
    take: (value) => set('max_concurrent_sessions', whole(value, 1, 10_000)),
  },
  {
    from: 'asr_max_workers',
    to: 'asr.max_workers',
    about: both('Recognitions at a time.', '同时进行的识别数。'),
    take: (value) => set('asr.max_workers', whole(value, 1, 64)),
  },
  {
    from: 'llm_max_workers',
    to: 'llm.max_workers',
    about: both('Requests to the language model at a time.', '同时向大模型发出的请求数。'),
    take: (value) => set('llm.max_workers', whole(value, 1, 1000)),
  },
  {
    from: 'tts_max_workers',
    to: 'tts.max_workers',
    about: both('Local syntheses at a time.', '同时进行的本地合成数。'),
    take: (value) => set('tts.max_workers', whole(value, 1, 64)),
  },
  {
    from: 'model_pool_size',
    to: 'asr.pool_size',
    about: both(
      'Recognitions at a time in one model; they share its weights.',
      '单个模型内同时进行的识别数；共用一份权重。',
    ),
    take: (value) => set('asr.pool_size', whole(value, 1, 64)),
  },
  {
    from: 'pool_size',
    to: 'asr.pool_size',
    about: both('As model_pool_size.', '同 model_pool_size。'),
    take: (value) => set('asr.pool_size', whole(value, 1, 64)),
  },
  {
    from: 'acquire_timeout',
    to: 'asr.acquire_timeout_ms',
    about: both(
      'How long a recognition waits for its turn. Seconds become milliseconds (1000 and more already are).',
      '识别排队等待的时间；秒换算为毫秒（1000 及以上视为毫秒）。',
    ),
    take: (value) =>
      seconds(
        'asr.acquire_timeout_ms',
        (numberOf(value) ?? 0) >= 1000 ? (numberOf(value) ?? 0) / 1000 : value,
        100,
        60_000,
      ),
  },
  ...['max_single_segment_time', 'max_segment_ms', 'vad_max_segment_ms'].map((from): Row => ({
    from,
    to: 'vad.max_segment_ms',
    about: both(
      'The longest piece of speech: 2 to 20 s; longer pieces make recognition take memory for good.',
      '一段语音的最大长度：2 到 20 秒；更长会使识别长期占用内存。',
    ),
    take: (value) => segment(numberOf(value)),
  })),
  ...['max_segment_length', 'max_segment_duration', 'max_speech_duration_s'].map((from): Row => ({
    from,
    to: 'vad.max_segment_ms',
    about: both('The longest piece of speech, in seconds there.', '一段语音的最大长度，原单位为秒。'),
    take: (value) => segment((numberOf(value) ?? Number.NaN) * 1000),
  })),
  ...['preload_models', 'model_preload'].map((from): Row => ({
    from,
    about: both(
      'Not needed: models are loaded and warm before the server says that it is ready.',
      '不需要：服务器就绪之前模型已加载并预热。',
    ),
  })),
  ...['enable_gc', 'gc_interval', 'memory_cleanup_interval'].map((from): Row => ({
    from,
    about: both(
      'Has no counterpart: nothing here is tidied up by the clock.',
      '没有对应的设置：这里不按时间整理内存。',
    ),
  })),
  ...['temp_cleanup', 'cleanup_interval'].map((from): Row => ({
    from,
    about: both('Not needed: nothing is written to disk per utterance.', '不需要：对话过程不写磁盘。'),
  })),
];

function set(key: string, value: unknown): Values | undefined {
  return value === undefined ? undefined : { [key]: value };
}

function whole(value: Tree, min: number, max: number): number | undefined {
  const number = numberOf(value);
  return number !== undefined && Number.isInteger(number) && number >= min && number <= max ? number : undefined;
}

const port = (value: Tree): number | undefined => whole(value, 1, 65_535);

function seconds(key: string, value: Tree, minMs: number, maxMs: number): Values | undefined {
  const number = numberOf(value);
  return number !== undefined && number > 0
    ? { [key]: Math.min(maxMs, Math.max(minMs, Math.round(number * 1000))) }
    : undefined;
}

/** Milliseconds; small numbers are seconds. */
function segment(value: number | undefined): Values | undefined {
  if (value === undefined || !Number.isFinite(value) || value <= 0) return undefined;
  const limitMs = value <= 120 ? value * 1000 : value;
  return { 'vad.max_segment_ms': Math.round(Math.min(20_000, Math.max(2000, limitMs))) };
}

function alias(name: string, value: Tree): Values | undefined {
  const known = ALIASES.get(name);
  const converted = known?.convert(value);
  return known && converted ? { [known.to]: converted.value, ...converted.also } : undefined;
}

function logLevel(value: Tree): Values | undefined {
  const level = textOf(value)?.toLowerCase();
  const known: Readonly<Record<string, string>> = {
    trace: 'debug',
    debug: 'debug',
    info: 'info',
    success: 'info',
    warning: 'warn',
    warn: 'warn',
    error: 'error',
    critical: 'error',
  };
  return level !== undefined && Object.hasOwn(known, level) ? { 'log.level': known[level] } : undefined;
}

function exitWords(value: Tree): Values | undefined {
  const words = [...new Set(textsOf(value))].filter((word) => word.length <= 64).slice(0, 64);
  return words.length > 0 ? { 'session.exit_words': words } : undefined;
}

function prompt(value: Tree): Values | undefined {
  const text = textOf(value);
  return text !== undefined && text.length <= 20_000 ? { 'llm.prompt': text } : undefined;
}

function allowlist(value: Tree): Values | undefined {
  const named = textsOf(value);
  if (!named) return undefined;
  const macs = named.map(parseDeviceId).filter((mac) => mac !== undefined && mac !== '11:22:33:44:55:66');
  return macs.length > 0 ? { 'auth.allowlist': [...new Set(macs)] } : {};
}

/** `Etc/GMT-9` is nine hours east of Greenwich. */
function timeZone(value: Tree): Values | undefined {
  const hours = numberOf(value);
  if (hours === undefined || !Number.isInteger(hours) || hours < -12 || hours > 14) return undefined;
  if (hours === 8) return { 'session.time_zone': 'Asia/Shanghai' };
  return { 'session.time_zone': hours === 0 ? 'Etc/GMT' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}` };
}

const PRIVATE_HOST =
  /^(localhost|127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|0\.0\.0\.0|\[|.*\.local$)/i;

/** Of several addresses (`a;b`) the first: devices were spread over them by chance. */
function publicUrl(value: Tree): Values | undefined {
  const first = textsOf(value)?.[0] ?? '';
  if (first === '' || isPlaceholder(first)) return {};
  if (!URL.canParse(first)) return undefined;
  const { protocol, host, hostname, pathname } = new URL(first);
  if (!/^wss?:$/.test(protocol)) return undefined;
  if (PRIVATE_HOST.test(hostname) || hostname === '') return {};
  const base = pathname.replace(/xiaozhi\/v1\/?$/, '').replace(/\/+$/, '');
  return { 'server.public_url': `${protocol === 'wss:' ? 'https' : 'http'}://${host}${base}` };
}
