import { both } from '../../core/index.js';
import { booleanOf, textOf } from '../tree.js';
import { corrections, PLUGIN_ROWS } from './plugins.js';
import type { Row } from './row.js';
import { alias, allowlist, exitWords, logLevel, port, prompt, publicUrl, seconds, set, timeZone } from './values.js';
import { VOICEPRINTS, voiceprintService, voiceprintThreshold } from './voiceprints.js';

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
  {
    from: 'server.vision_explain',
    about: both(
      'Not needed: devices are told the address for pictures when they connect.',
      '不需要：设备连接时会得到图片的地址。',
    ),
  },
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
      'There is no MQTT yet. Such a device gets the WebSocket address when it boots next.',
      '暂不支持 MQTT。设备下次启动时会得到 WebSocket 地址。',
    ),
    manual: true,
  },
  { from: 'server.mqtt_signature_key', about: both('There is no MQTT yet.', '暂不支持 MQTT。'), secret: true },
  { from: 'server.mqtt_manager_api', about: both('There is no MQTT yet.', '暂不支持 MQTT。') },
  { from: 'server.udp_gateway', about: both('There is no UDP yet.', '暂不支持 UDP。') },
  {
    from: 'server.mcp_endpoint',
    to: '.mcp_server_settings.json',
    about: both(
      'The access points of agents become entries of the MCP file, with tokens made from its key; unproven.',
      '智能体的接入点成为 MCP 文件里的条目，令牌由其中的密钥生成；尚未实测。',
    ),
    elsewhere: true,
    secret: true,
  },
  {
    from: 'server.voice_print',
    to: 'voiceprint.url, voiceprint.api_key',
    about: VOICEPRINTS,
    take: (value) => voiceprintService(textOf(value)),
    secret: true,
  },
  {
    from: 'server.voiceprint_similarity_threshold',
    to: 'voiceprint.threshold',
    about: both('From which similarity on a voice counts as known.', '相似度达到多少才算认识这个声音。'),
    take: voiceprintThreshold,
  },
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
  {
    from: 'delete_audio',
    about: both(
      'Not needed: audio is written to disk only with history.audio, encrypted and for history.audio_days.',
      '不需要：只有打开 history.audio 才会把音频写入磁盘，加密保存 history.audio_days 天。',
    ),
  },
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
    to: '.mcp_server_settings.json',
    about: both(
      'Becomes an entry of the MCP file: Chorus connects to that access point as the old server did.',
      '成为 MCP 文件里的一个条目：Chorus 像原服务器一样连接这个接入点。',
    ),
    elsewhere: true,
    secret: true,
  },
  {
    from: 'context_providers',
    about: both('There is nothing that adds data to the prompt.', '没有向提示词注入数据的功能。'),
  },
  ...PLUGIN_ROWS,
  {
    from: 'correct_words',
    to: 'asr.corrections',
    about: both('Words that are replaced in what was understood.', '把听到的词替换掉。'),
    take: corrections,
    isText: true,
  },
  {
    from: 'voiceprint.url',
    to: 'voiceprint.url, voiceprint.api_key',
    about: VOICEPRINTS,
    take: (value) => voiceprintService(textOf(value)),
    secret: true,
  },
  {
    from: 'voiceprint.similarity_threshold',
    to: 'voiceprint.threshold',
    about: both('From which similarity on a voice counts as known.', '相似度达到多少才算认识这个声音。'),
    sourceDefaults: [0.4],
    take: voiceprintThreshold,
  },
  {
    from: 'voiceprint.speakers',
    to: 'people',
    about: both(
      'Ids and names go into the database (`chorus people list`); descriptions are not taken.',
      '编号和名字写入数据库（`chorus people list`）；说明不沿用。',
    ),
    elsewhere: true,
  },
  {
    from: 'prompt',
    to: 'llm.prompt',
    about: both(
      'The character of the assistant. Chorus adds that it should speak in short sentences.',
      '助手的人设。“说短句”等要求由 Chorus 自动加上。',
    ),
    take: prompt,
    isText: true,
  },
  {
    from: 'prompt_template',
    about: both(
      'Not needed: Chorus frames the prompt itself (agent-base-prompt.txt). Its character goes into llm.prompt.',
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
  {
    from: 'device_max_output_size',
    to: 'agents',
    about: both(
      'Becomes charactersPerDay of the imported agents. The configured assistant has no daily limit.',
      '成为导入的智能体的 charactersPerDay。配置中的助手没有每日上限。',
    ),
    elsewhere: true,
  },
  {
    from: 'aliyun.*',
    about: both('Text messages for signing in to the web console of that server.', '原智控台的短信登录。'),
    secret: true,
  },
  { from: 'system.*', about: both('Belongs to the web console of that server.', '属于原服务器的智控台。') },
  { from: 'system-web.*', about: both('Belongs to the web console of that server.', '属于原服务器的智控台。') },
];
