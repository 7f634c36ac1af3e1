import { both, type Bilingual } from '../language.js';

export interface ProblemRow {
  /** The default is the message of the log line. Needed only if the message is too short to be a sentence. */
  readonly en?: string;
  /** A sentence without its full stop. */
  readonly zh: string;
  readonly remedy?: Bilingual;
}

/** Logged warnings and errors that are not in {@link ERROR_TABLE}. The log line has the code in its field `problem`. */
const ROWS = {
  'realtime.not_offered': {
    zh: '某个智能体选用的实时语音模型不在 realtime.services 里，改由识别、大模型和声音回答',
  },
  'asr.not_offered': {
    zh: '某个智能体选用的识别器不在 asr.services 里，改由服务器的识别器识别',
  },
  'inbound.too_many_requests': { zh: '一个地址请求太多，已断开' },
  'knowledge.unreadable_documents': { zh: '知识库的文档读不出来' },
  'people.model_unloadable': { zh: '识别说话人的模型加载不了' },
  'knowledge.unreadable_passages': { zh: '文档的段落读不出来' },
  'knowledge.old_index': { zh: '某个文档的索引是其他版本建立的，请重新添加' },
  'admin.request_failed': { zh: '页面的一个请求出错了' },
  'admin.page_failed': { zh: '页面打不开' },
  'device.no_address': { zh: 'Chorus 不知道设备该用哪个地址来连接：请设置 server.public_url' },
  'ota_port.failed': { zh: '一个旧的 OTA 端口出错了' },
  'admin.password_changed': {
    en: 'the password of the page was changed; every other browser was signed out',
    zh: '页面的密码已更改，其他浏览器都已退出登录',
    remedy: both(
      'If it was not you: set another with `npx chorus admin password` where the server runs.',
      '如果不是您改的：请在运行服务器的机器上用 `npx chorus admin password` 再换一个。',
    ),
  },
  'http.request_failed': { zh: '一个设备请求出错了' },
  'ota_port.in_use': {
    zh: '另一个程序占用了旧的 OTA 端口',
    remedy: both(
      'Stop the old server, or take the port out of server.ota_ports.',
      '请停止旧的服务器，或从 server.ota_ports 里去掉这个端口。',
    ),
  },
  'ota_port.unavailable': { zh: '一个旧的 OTA 端口打不开' },
  'inbound.address_full': {
    zh: '一个地址的连接数已到上限：server.max_connections_per_address',
  },
  'inbound.connections_full': {
    zh: '服务器可以打开的连接都占满了',
    remedy: both(
      'See which addresses they come from; raise server.max_connections or the limit of open files (`npx ' +
        'chorus doctor`).',
      '请查看它们来自哪些地址；调高 server.max_connections，或提高可打开文件数的上限（`npx chorus doctor`）。',
    ),
  },
  'inbound.pipelining': {
    zh: '断开了一个不等回答就接着发请求的客户端',
  },
  'memory.unreadable': { zh: '读不出一台设备的记忆' },
  'memory.not_forgotten': {
    zh: '记忆服务可能还记得一台已删除的设备或一个已删除的智能体',
    remedy: both(
      'Check memory.mem0; then use `npx chorus memory forget --device` with the id of the device, and with `--agent`.',
      '请检查 memory.mem0，再用 `npx chorus memory forget --device` 加设备的编号删除；属于某个智能体的再加 `--agent`。',
    ),
  },
  'reminders.not_returned': { zh: '一些还没播报的提醒没能放回队列' },
  'vision.not_explained': { zh: '没能说明一张图片的内容' },
  'sound.unplayable': { zh: '一段声音放不出来' },
  'music.folder_unreadable': { zh: '一个音乐文件夹或播放列表读不了' },
  'music.place_not_kept': { zh: '没能记住音乐放到了哪里' },
  'knowledge.not_embedded': { zh: '没能为文档建立向量，只按字词查找' },
  'turn_model.unloadable': { zh: '判断说完没有的模型加载不了，只按字词判断' },
  'recording.not_written': { zh: '一段声音没能保存' },
  'recording.not_kept': { zh: '一轮对话的声音没能保存' },
  'music.track_unplayable': { zh: '一首曲子放不出来' },
  'session.failed': { zh: '一次会话出错，已结束' },
  'session.given_up': { zh: '一次会话出错，已放弃' },
  'session.not_begun': { zh: '一次会话没能开始' },
  'device.bad_message': { zh: '设备发来的消息不符合协议' },
  'device.not_bound': {
    zh: '没有自动绑定设备：已达到 auth.auto_bind_max',
    remedy: both(
      'Enter the six digits that it speaks, or raise auth.auto_bind_max.',
      '请填写它念出的六位数字，或调高 auth.auto_bind_max。',
    ),
  },
  'device.no_code': {
    zh: '没有给一台设备配对码：已达到 auth.codes_per_address',
    remedy: both(
      'Approve the devices that wait, or raise auth.codes_per_address; behind a proxy set ' +
        'server.trusted_proxies, so that its devices have addresses of their own.',
      '请批准正在等待的设备，或调高 auth.codes_per_address；在代理后面请设置 server.trusted_proxies，让设备各有自己的地址。',
    ),
  },
  'device.other_client': {
    zh: '一台已配对的设备换了 Client-Id：它被重置过，或者有别的设备冒用它的地址',
    remedy: both(
      'If you reset it, enter the six digits that it speaks; it keeps its name and agent. ' +
        'Otherwise find out who is in your network.',
      '如果是你重置了它，请填写它念出的六位数字，名字和智能体会保留。否则请查看谁在你的网络里。',
    ),
  },
  'device.names_itself': {
    zh: '有客户端把编号写在查询参数里，或者编号不是 MAC 地址：只有 auth.pairing 设为 open 才允许',
  },
  'device.handshake_failed': { zh: '一次连接握手出错' },
  'llm.fallback_answers': {
    zh: '大模型接连失败，暂时由备用模型回答',
  },
  'llm.reply_cut': { zh: '回答太长，已截断' },
  'llm.unknown_model': {
    zh: '大模型服务不认识智能体指定的模型，由配置的模型回答',
  },
  'llm.whole_replies': {
    zh: '大模型服务不支持流式回答，整段返回，所以回答会慢一些',
  },
  'llm.no_tools': { zh: '这个大模型不会用工具，不再提供' },
  'traces.not_sent': {
    zh: '链路追踪发不出去（telemetry.otlp_endpoint），恢复前会丢弃',
  },
  'asr.model_unloadable': {
    zh: '一个语音识别模型加载不了',
    remedy: both(
      '`npx chorus models verify` says which file is damaged, `npx chorus models pull ID --force` fetches it again.',
      '`npx chorus models verify` 会指出损坏的文件，`npx chorus models pull 编号 --force` 重新下载。',
    ),
  },
  'asr.not_tried': { zh: '没能在第一次对话前试跑语音识别' },
  'voice.not_tried': { zh: '没能在第一次对话前试跑一个声音' },
  'voice.unreachable': { zh: '连不上语音服务，由别的声音代替' },
  'voice.model_unloadable': { zh: '一个声音加载不了' },
  'models.not_fetched': {
    zh: '一个模型没有下载成功，会再试',
    remedy: both(
      'Check the network. Without internet, fetch the archive elsewhere and run `npx chorus models pull ID ' +
        '--file ARCHIVE`.',
      '请检查网络。不能联网时，在别处下载压缩包，再运行 `npx chorus models pull 编号 --file 压缩包`。',
    ),
  },
  'models.copy_not_removed': {
    zh: '一个语音模型的 int8 副本不再需要，但删不掉',
  },
  'engine.no_nice': {
    zh: '缺少 nice 程序：推理线程以普通优先级运行',
  },
  'engine.died': { zh: '一个子进程意外退出，已重新启动' },
  'engine.no_room': {
    zh: '没有足够的文件描述符、进程或内存来启动一个子进程，每秒再试',
    remedy: both(
      'Raise the limits of the process (`LimitNOFILE`, `ulimits`, memory); `npx chorus doctor` says which is reached.',
      '请提高进程的上限（`LimitNOFILE`、`ulimits`、内存）；`npx chorus doctor` 会说明是哪一个到了上限。',
    ),
  },
  'server.few_files': {
    zh: '这个进程能同时打开的文件不多，超过上限的设备连不上',
    remedy: both(
      'Raise it (`LimitNOFILE=65536`, `ulimits: nofile: 65536`, `ulimit -n`), or lower server.max_connections.',
      '请提高上限（`LimitNOFILE=65536`、`ulimits: nofile: 65536`、`ulimit -n`），或降低 server.max_connections。',
    ),
  },
  'engine.output_suppressed': { zh: '一个子进程的输出太多，已省略' },
  'models.archive_changed': {
    zh: '模型的压缩包被发布者换过，其中的文件仍逐个核对',
  },
  'models.wrong_mirror': {
    zh: '一个镜像上的模型文件不是应有的那个，以后会再试，间隔越来越长',
    remedy: both(
      'Choose another mirror (models.mirrors), or bring the file: `npx chorus models pull ID --file ARCHIVE`. ' +
        'Where its publisher has replaced it on purpose: `npx chorus models pull ID --force` takes the new one.',
      '请换一个镜像（models.mirrors），或自己带来文件：`npx chorus models pull 编号 --file 压缩包`。' +
        '如果是发布者有意更换的，`npx chorus models pull 编号 --force` 会采用新文件。',
    ),
  },
  'voice.too_slow': {
    zh: '声音的合成比说话还慢，听起来会有停顿',
    remedy: both(
      'Choose another voice (tts.provider), or a faster machine or service for it.',
      '请换一个声音（tts.provider），或给它更快的机器或服务。',
    ),
  },
  'voice.sentence_left_out': { zh: '回答太长，省略了一句' },
  'voice.reply_given_up': { zh: '一次回答出错，已放弃' },
  'voice.failed': { zh: '语音合成失败' },
  'phrase.damaged': { zh: '一句保存的话已损坏，重新生成' },
  'phrase.not_on_disk': { zh: '常用语存不到磁盘，只保存在内存里' },
  'phrase.not_prepared': { zh: '一句常用语没能提前准备好' },
  'self_test.failed': { zh: '启动后的自测没有成功' },
  'machine.strained': {
    zh: '这台机器已到极限，同时开始的对话减半',
    remedy: both(
      'It passes by itself. Where it comes again: other programs on this machine, or a larger one; ' +
        '`npx chorus monitor` says what it is short of.',
      '会自行恢复。如果反复出现：看看这台机器上的其他程序，或换更大的机器；`npx chorus monitor` 会说明缺什么。',
    ),
  },
  'store.waiting': { zh: '正在等待数据库' },
  'machine.memory_grows': {
    zh: '一个进程占用的内存不断增长',
    remedy: both(
      'Watch it with `npx chorus upkeep --status`; `npx chorus drain --restart` starts the server again ' +
        'without cutting anybody short.',
      '用 `npx chorus upkeep --status` 观察；`npx chorus drain --restart` 重启服务器，不会打断任何人。',
    ),
  },
  'server.drained_early': {
    en: 'The server was stopped before everybody was answered',
    zh: '停止服务时，有人的对话被打断了',
  },
  'upkeep.attention': {
    en: 'A task of the upkeep failed, or found something',
    zh: '一项维护失败，或发现了问题',
    remedy: both(
      '`npx chorus upkeep --status` says which, and what.',
      '`npx chorus upkeep --status` 会说明是哪一项、什么问题。',
    ),
  },
  'server.drain_failed': { zh: '停止服务时出错' },
  'server.restart_failed': { zh: '每周重启失败' },
  'server.restart_unsupervised': {
    zh: '没有每周重启：不知道谁会把服务器再启动起来（systemd、容器）',
  },
  'config.mistakes': { zh: '配置有误，什么都没有改变' },
  'config.does_not_work': { zh: '新配置用不了，什么都没有改变' },
  'firmware.image_missing': { zh: '数据文件夹里缺少一个固件文件' },
  'firmware.came_back': { zh: '一台设备下载了固件，重新连接后却没有用上' },
  'firmware.not_looked_at': { zh: '查看固件时出错' },
  'upkeep.not_kept': { zh: '没能记下维护的结果' },
  'server.task_failed': { zh: '一个后台任务出错了' },
} satisfies Readonly<Record<string, ProblemRow>>;

export type ProblemCode = keyof typeof ROWS;

export const PROBLEM_TABLE: Readonly<Record<ProblemCode, ProblemRow>> = ROWS;

export function isProblemCode(code: unknown): code is ProblemCode {
  return typeof code === 'string' && Object.hasOwn(PROBLEM_TABLE, code);
}

/** Without a `code`, both texts are English. */
export function problemWords(
  code: ProblemCode | undefined,
  line: string,
): { readonly text: Bilingual; readonly remedy: Bilingual | undefined } {
  const row = code && PROBLEM_TABLE[code];
  const plain = row?.en ?? line;
  const sentence = plain.charAt(0).toUpperCase() + plain.slice(1);
  const en = /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
  return { text: { en, zh: row === undefined ? en : `${row.zh}。` }, remedy: row?.remedy };
}
