import { both, type Bilingual } from '../../core/index.js';

/** The page's words for a line of the log. */
interface LogWords {
  /** English words. Default: the line itself; needed only if the line is too short to be a sentence. */
  readonly en?: string;
  readonly zh: string;
  readonly remedy?: Bilingual;
}

/**
 * Log messages without a code of docs/errors.md; a test compares them with the source. A message that is not listed
 * here is shown as it was logged.
 */
const WORDS: Readonly<Record<string, LogWords>> = {
  'The realtime model of an agent is not in realtime.services; the ordinary chain answers': {
    zh: '某个智能体选用的实时语音模型不在 realtime.services 里，改由识别、大模型和声音回答',
  },
  'an address that sends too many requests was disconnected': { zh: '一个地址请求太多，已断开' },
  'the documents of the knowledge store cannot be read': { zh: '知识库的文档读不出来' },
  'a model of voices cannot be loaded': { zh: '识别说话人的模型加载不了' },
  'passages of documents cannot be read': { zh: '文档的段落读不出来' },
  'a document has an index of another version; add it again': { zh: '某个文档的索引是其他版本建立的，请重新添加' },
  'a request of the admin API failed': { zh: '页面的一个请求出错了' },
  'the page could not be answered': { zh: '页面打不开' },
  'an old OTA port failed': { zh: '一个旧的 OTA 端口出错了' },
  'the admin password was changed': {
    en: 'the password of the page was changed; every other browser was signed out',
    zh: '页面的密码已更改，其他浏览器都已退出登录',
    remedy: both(
      'If it was not you: set another with `npx chorus admin password` where the server runs.',
      '如果不是您改的：请在运行服务器的机器上用 `npx chorus admin password` 再换一个。',
    ),
  },
  'request failed': { zh: '一个设备请求出错了' },
  'another program listens on an old OTA port': {
    zh: '另一个程序占用了旧的 OTA 端口',
    remedy: both(
      'Stop the old server, or take the port out of server.ota_ports.',
      '请停止旧的服务器，或从 server.ota_ports 里去掉这个端口。',
    ),
  },
  'an old OTA port cannot be listened on': { zh: '一个旧的 OTA 端口打不开' },
  'an address has as many connections as it may: server.max_connections_per_address': {
    zh: '一个地址的连接数已到上限：server.max_connections_per_address',
  },
  'all connections that the server may have open are taken': {
    zh: '服务器可以打开的连接都占满了',
    remedy: both(
      'See which addresses they come from; raise server.max_connections or the limit of open files (`npx ' +
        'chorus doctor`).',
      '请查看它们来自哪些地址；调高 server.max_connections，或提高可打开文件数的上限（`npx chorus doctor`）。',
    ),
  },
  'a client that sends requests without waiting for answers was disconnected': {
    zh: '断开了一个不等回答就接着发请求的客户端',
  },
  'what is remembered of a device cannot be read': { zh: '读不出一台设备的记忆' },
  'reminders could not be given back': { zh: '一些提醒没能放回去' },
  'a picture could not be explained': { zh: '一张图片没能解释' },
  'a sound cannot be played': { zh: '一段声音放不出来' },
  'a folder of music cannot be read': { zh: '一个音乐文件夹读不了' },
  'the place in the music was not kept': { zh: '没能记住音乐放到哪里' },
  'documents cannot be embedded; they are found by their words': { zh: '没能为文档建立向量，只按字词查找' },
  'the model of the end of turns cannot be loaded': { zh: '判断说完没有的模型加载不了，只按字词判断' },
  'audio was not written': { zh: '有声音没能保存' },
  'the audio of a turn was not kept': { zh: '一轮对话的声音没能保存' },
  'a track cannot be played': { zh: '一首曲子放不出来' },
  'session failed': { zh: '一次会话出错，已结束' },
  'a session was given up': { zh: '一次会话出错，已放弃' },
  'a session could not begin': { zh: '一次会话没能开始' },
  'device message is not as expected': { zh: '设备发来的消息不符合协议' },
  'device not bound by itself: auth.auto_bind_max is reached': {
    zh: '没有自动绑定设备：已达到 auth.auto_bind_max',
    remedy: both(
      'Enter the six digits that it speaks, or raise auth.auto_bind_max.',
      '请填写它念出的六位数字，或调高 auth.auto_bind_max。',
    ),
  },
  'no pairing code for a device: auth.codes_per_address is reached': {
    zh: '没有给一台设备配对码：已达到 auth.codes_per_address',
    remedy: both(
      'Approve the devices that wait, or raise auth.codes_per_address; behind a proxy set ' +
        'server.trusted_proxies, so that its devices have addresses of their own.',
      '请批准正在等待的设备，或调高 auth.codes_per_address；在代理后面请设置 server.trusted_proxies，让设备各有自己的地址。',
    ),
  },
  'a paired device asks with another Client-Id: it was reset, or another claims its address': {
    zh: '一台已配对的设备换了 Client-Id：它被重置过，或者有别的设备冒用它的地址',
    remedy: both(
      'If you reset it, enter the six digits that it speaks; it keeps its name and agent. ' +
        'Otherwise find out who is in your network.',
      '如果是你重置了它，请填写它念出的六位数字，名字和智能体会保留。否则请查看谁在你的网络里。',
    ),
  },
  'a client names itself in the query, or by an id that is no MAC: that needs auth.pairing open': {
    zh: '有客户端把编号写在查询参数里，或者编号不是 MAC 地址：只有 auth.pairing 设为 open 才允许',
  },
  'handshake failed': { zh: '一次连接握手出错' },
  'The language model failed again and again; the fallback answers for a while': {
    zh: '大模型接连失败，暂时由备用模型回答',
  },
  'The fallback of the language model failed, too': { zh: '备用的大模型也失败了' },
  'The reply was longer than it was allowed to be, and was cut': { zh: '回答太长，已截断' },
  'The language model of an agent is not known there; the configured one answers': {
    zh: '大模型服务不认识智能体指定的模型，由配置的模型回答',
  },
  'The language model sends its replies whole instead of streaming; they come late': {
    zh: '大模型服务不支持流式回答，整段返回，所以回答会慢一些',
  },
  'The language model cannot use tools; they are not offered any more': { zh: '这个大模型不会用工具，不再提供' },
  'traces cannot be sent to telemetry.otlp_endpoint; they are dropped until it answers': {
    zh: '链路追踪发不出去（telemetry.otlp_endpoint），恢复前会丢弃',
  },
  'a speech model cannot be loaded': {
    zh: '一个语音识别模型加载不了',
    remedy: both(
      '`npx chorus models verify` says which file is damaged, `npx chorus models pull ID --force` fetches it again.',
      '`npx chorus models verify` 会指出损坏的文件，`npx chorus models pull 编号 --force` 重新下载。',
    ),
  },
  'recognition could not be tried out before the first turn': { zh: '没能在第一次对话前试跑语音识别' },
  'a voice could not be tried out before the first turn': { zh: '没能在第一次对话前试跑一个声音' },
  'voice service out of reach, another voice speaks': { zh: '连不上语音服务，由别的声音代替' },
  'a voice cannot be loaded': { zh: '一个声音加载不了' },
  'a model could not be fetched; it is tried again': {
    zh: '一个模型没有下载成功，会再试',
    remedy: both(
      'Check the network. Without internet, fetch the archive elsewhere and run `npx chorus models pull ID ' +
        '--file ARCHIVE`.',
      '请检查网络。不能联网时，在别处下载压缩包，再运行 `npx chorus models pull 编号 --file 压缩包`。',
    ),
  },
  'an int8 copy of a speech model is not needed any more and cannot be removed': {
    zh: '一个语音模型的 int8 副本不再需要，但删不掉',
  },
  'the program nice is missing: inference threads run at normal priority': {
    zh: '缺少 nice 程序：推理线程以普通优先级运行',
  },
  'child process died': { zh: '一个子进程意外退出，已重新启动' },
  'no room for a child process': {
    zh: '没有足够的文件描述符、进程或内存来启动一个子进程，每秒再试',
    remedy: both(
      'Raise the limits of the process (`LimitNOFILE`, `ulimits`, memory); `npx chorus doctor` says which is reached.',
      '请提高进程的上限（`LimitNOFILE`、`ulimits`、内存）；`npx chorus doctor` 会说明是哪一个到了上限。',
    ),
  },
  'this process may open few files; beyond the limit devices are turned away': {
    zh: '这个进程能同时打开的文件不多，超过上限的设备连不上',
    remedy: both(
      'Raise it (`LimitNOFILE=65536`, `ulimits: nofile: 65536`, `ulimit -n`), or lower server.max_connections.',
      '请提高上限（`LimitNOFILE=65536`、`ulimits: nofile: 65536`、`ulimit -n`），或降低 server.max_connections。',
    ),
  },
  'child output suppressed': { zh: '一个子进程的输出太多，已省略' },
  'the archive of a model is another one than it was; its files are judged by themselves': {
    zh: '模型的压缩包被发布者换过，其中的文件仍逐个核对',
  },
  'a mirror has another file of a model than the right one; it is asked again later and less often': {
    zh: '一个镜像上的模型文件不是应有的那个，以后会再试，间隔越来越长',
    remedy: both(
      'Choose another mirror (models.mirrors), or bring the file: `npx chorus models pull ID --file ARCHIVE`. ' +
        'Where its publisher has replaced it on purpose: `npx chorus models pull ID --force` takes the new one.',
      '请换一个镜像（models.mirrors），或自己带来文件：`npx chorus models pull 编号 --file 压缩包`。' +
        '如果是发布者有意更换的，`npx chorus models pull 编号 --force` 会采用新文件。',
    ),
  },
  'a voice makes speech more slowly than it is spoken; it is heard with pauses': {
    zh: '声音的合成比说话还慢，听起来会有停顿',
    remedy: both(
      'Choose another voice (tts.provider), or a faster machine or service for it.',
      '请换一个声音（tts.provider），或给它更快的机器或服务。',
    ),
  },
  'a reply is too long: a sentence was left out': { zh: '回答太长，省略了一句' },
  'a reply was given up: its listener failed': { zh: '一次回答出错，已放弃' },
  'speech synthesis failed': { zh: '语音合成失败' },
  'a kept phrase was damaged and is made anew': { zh: '一句保存的话已损坏，重新生成' },
  'phrases cannot be kept on disk; they are in memory only': { zh: '常用语存不到磁盘，只保存在内存里' },
  'a phrase could not be prepared': { zh: '一句常用语没能提前准备好' },
  'the self-test failed': { zh: '启动后的自测没有成功' },
  'the machine is at its limits, half as many conversations may begin': {
    zh: '这台机器已到极限，同时开始的对话减半',
    remedy: both(
      'It passes by itself. Where it comes again: other programs on this machine, or a larger one; ' +
        '`npx chorus monitor` says what it is short of.',
      '会自行恢复。如果反复出现：看看这台机器上的其他程序，或换更大的机器；`npx chorus monitor` 会说明缺什么。',
    ),
  },
  'waiting for the database': { zh: '正在等待数据库' },
  'the memory of a process grows steadily': {
    zh: '一个进程占用的内存不断增长',
    remedy: both(
      'Watch it with `npx chorus upkeep --status`; `npx chorus drain --restart` starts the server again ' +
        'without cutting anybody short.',
      '用 `npx chorus upkeep --status` 观察；`npx chorus drain --restart` 重启服务器，不会打断任何人。',
    ),
  },
  drained: { en: 'The server was stopped before everybody was answered', zh: '停止服务时，有人的对话被打断了' },
  upkeep: {
    en: 'A task of the upkeep failed, or found something',
    zh: '一项维护失败，或发现了问题',
    remedy: both(
      '`npx chorus upkeep --status` says which, and what.',
      '`npx chorus upkeep --status` 会说明是哪一项、什么问题。',
    ),
  },
  'the drain failed': { zh: '停止服务时出错' },
  'the weekly restart failed': { zh: '每周重启失败' },
  'no weekly restart: nothing is known that would start the server again (systemd, a container)': {
    zh: '没有每周重启：不知道谁会把服务器再启动起来（systemd、容器）',
  },
  'the configuration has mistakes; nothing was changed': { zh: '配置有误，什么都没有改变' },
  'the configuration does not work; nothing was changed': { zh: '新配置用不了，什么都没有改变' },
  'who answers on a device is not known; the configuration says': { zh: '不知道由谁回答一台设备，按配置来' },
  'a firmware image is missing in the data folder': { zh: '数据文件夹里缺少一个固件文件' },
  'a device took a firmware and came back without it': { zh: '一台设备装了固件，却没有带着它回来' },
  'firmware releases could not be looked at': { zh: '查看固件时出错' },
  'how the upkeep went could not be kept': { zh: '没能记下维护的结果' },
  'a task failed': { zh: '一个后台任务出错了' },
};

/** The message of a log line in both languages, and its remedy if one is known. */
export function messageWords(message: string): { readonly text: Bilingual; readonly remedy: Bilingual | undefined } {
  const words = WORDS[message];
  const plain = words?.en ?? message;
  const sentence = plain.charAt(0).toUpperCase() + plain.slice(1);
  const en = /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
  return { text: { en, zh: words === undefined ? en : `${words.zh}。` }, remedy: words?.remedy };
}
