import type { Messages } from './en.js';
import { portOf } from './port-of.js';
import { systemErrorWords } from '../../core/index.js';

/** Everything the command line says, in Chinese. */
export const zh: Messages = {
  help: {
    program: 'Chorus：小智设备的语音服务器。`chorus serve` 启动它，其他命令都可以不用。',
    titles: {
      'Usage:': '用法：',
      'Options:': '选项：',
      'Commands:': '命令：',
      'Arguments:': '参数：',
      'Global Options:': '全局选项：',
    },
    defaultValue: '默认',
    helpFlag: '显示帮助',
    helpCommand: '显示某个命令的帮助',
    version: '显示版本',
    lang: '界面语言：zh 或 en（不写则按 LANG）',
    after: `
第一步（在克隆下来的仓库里写 npx chorus ...）：
  chorus serve                     启动服务器，它会显示要填到设备上的地址
  chorus device --say clip.wav     没有设备也能和它说话
  chorus setup                     五个问题：语言、大模型、音色、配对、端口
  chorus monitor --mode both       两台模拟设备来对话，结果写成一个网页

退出码：0 正常，1 失败，2 命令写错，3 配置有误，4 数据文件夹、数据库或磁盘，5 端口，
        6 模型，7 连不上或被服务器拒绝，8 设备没有得到正常的回答，9 有的项目无法检查或测量不能作数，
        10 新配置不能工作、已恢复，11 服务器要求重新启动，130 被中断`,
    data: '存放配置、数据库和模型的文件夹',
    config: '配置文件（不写则用数据文件夹里的 config.yaml）',
    set: '设置一个配置项，例如 --set llm.preset=glm；可以写多次',
    json: '输出 JSON，给脚本用',
    host: '监听地址（0.0.0.0：所有网络；127.0.0.1：仅本机）',
    port: '监听端口',
    deviceAfter: `
例子：
  chorus device --say hello.wav                        说一段录音，显示听到和回答的内容
  chorus device --say hello.wav --save reply.wav       并保存回答
  chorus device                                        用本机的麦克风对话`,
    say: '要说的 WAV 文件；写多次就是多轮对话。不写则用麦克风',
    mode: 'auto（服务器判断说完）、manual（按住说话）、realtime（麦克风一直开着）',
    url: '服务器的 OTA 地址（不写则为使用这个数据文件夹的服务器，不论端口）',
    save: '把设备播放的声音写入这个 WAV 文件',
    play: '在本机播放回答',
    queue: '设备能缓存的包数：40（固件 1.6-2.4）、20、5（1.6 之前）',
    framing: '二进制帧版本 1、2 或 3',
    language: '设备自称的语言，例如 zh-CN 或 en-US（不写则与本命令相同）',
    wake: '用这个唤醒词开始，而不是按键',
    deviceId: '设备的 MAC 地址（不写则总是同一个虚构的地址）',
    timeout: '等待回答的秒数',
    modelsList: '列出模型：是否已安装、大小、语言、许可证',
    modelsPull: '下载模型（中断后可续传，会校验哈希）',
    modelsVerify: '读取已安装模型的每个字节并比对哈希',
    modelsRm: '删除模型',
    modelId: '模型编号，见 `chorus models list`',
    modelIds: '模型编号（不写则为所有已安装的）',
    from: '用这个地址（文件所在目录或压缩包）代替镜像站',
    file: '本机上的压缩包或文件夹，用于没有网络的机器',
    force: '已有的也重新下载',
    configCheck: '检查配置，指出每一处错误',
    configShow: '显示生效的配置以及每个值来自哪里（密钥不显示）',
    configSchema: '输出 JSON Schema，编辑器可据此补全',
  },
  usage: {
    wrong: (detail) => detail,
    hint: (command) => `用 \`${command} --help\` 查看写法。`,
    notUrl: '这不是网址，网址例如 http://192.168.1.20:8000/xiaozhi/ota/',
    translate: (message) =>
      message
        .replace(/unknown option '([^']*)'/, '没有选项 $1')
        .replace(/unknown command '([^']*)'/, '没有命令 $1')
        .replace(/missing required argument '([^']*)'/, '缺少参数 $1')
        .replace(/option '([^']*)' argument missing/, '选项 $1 后面缺少值')
        .replace(/option '([^']*)' argument '([^']*)' is invalid\.\s*/, '选项 $1 的值 $2 不对：')
        .replace(
          /\s*Allowed choices are ([^.]*)\./,
          (_all, choices: string) => `可以是 ${choices.replaceAll(', ', '、')}`,
        )
        .replace(
          /too many arguments(?: for '([^']*)')?\. Expected (\d+) arguments? but got (\d+)\./,
          '参数太多：应为 $2 个，写了 $3 个',
        )
        .replace(/\(Did you mean (?:one of )?(.*?)\?\)/, '（是不是想写 $1？）')
        .replace(/^error: /, ''),
  },
  error: {
    prefix: '错误：',
    unexpected: '这不应该发生。请带上这几行报告给我们：',
    remedy: '怎么办：',
    json: '无效',
  },
  config: {
    mistakes: (count) => `配置有 ${count} 处错误。`,
    right: (file, exists) => (exists ? `${file} 没有错误。` : `没有 ${file}；使用默认配置，没有错误。`),
    note: '提示：',
  },
  serve: {
    starting: (version) => `Chorus ${version}`,
    ota: '设备要填的 OTA 地址',
    websocket: 'WebSocket',
    data: '数据',
    model: '听',
    llm: '想',
    voice: '说',
    pairing: '配对',
    pairings: {
      lan: (max) => `本网络的设备直接加入（最多 ${max} 台）；其他设备念出六位数字，由你确认`,
      code: () => '每台新设备念出六位数字，由你确认',
      open: () => '谁都可以',
      allowlist: () => '仅 auth.allowlist 中的设备',
    },
    modelState: {
      installed: '就绪',
      missing: '未安装',
      downloading: '下载中',
      checking: '校验中',
      unpacking: '解压中',
      waiting: '等待重试',
    },
    notFetched: '有设备需要时下载',
    notInstalled: (id: string) => `没有安装；用 \`npx chorus models pull ${id}\` 安装`,
    voiceMissing: (id, meanwhile, fetching) =>
      fetching
        ? `音色 ${id} 正在下载，在此之前由 ${meanwhile} 说话。`
        : `音色 ${id}（tts.provider）还没有安装，在此之前由 ${meanwhile} 说话。用 \`npx chorus models pull ${id}\` 安装，服务器会自己发现。`,
    next: '接下来',
    nextDevice: (url) => `在设备配网页面的“高级选项”里填写 ${url}，然后重启设备。`,
    nextLocal: (url) => `目前只有本机能访问。要让设备连接，请用 --host 0.0.0.0 启动。本机地址：${url}`,
    nextNoLan: (url) =>
      `没有找到内网地址。请告诉设备如何访问本机：--set server.public_url=http://地址:${portOf(url)}。本机地址：${url}`,
    nextTry: (command) => `没有浏览器也能试（任何一段说话的 WAV 录音）：npx ${command}`,
    nextSetup: '选择大模型和音色：在页面上，或用 npx chorus setup',
    ready: (seconds) => `${seconds} 秒后就绪。`,
    notReady: (reason) => `还没有就绪：${reason}`,
    notFetchedYet: (id, data) =>
      `模型 ${id} 下载失败，会再试。没有网络时，在别处下载压缩包后运行：npx chorus models pull ${id} --file 压缩包${data}`,
    pairingCode: (deviceId, code, data) =>
      `设备 ${deviceId} 请求配对。如果是你的设备：npx chorus devices approve ${code}${data}`,
    stopping: '正在停止：进行中的回答会说完。再按一次 Ctrl+C 立即停止。',
    stoppedToRestart: '已停止，等待重新启动。',
    stopped: '已停止。',
    progress: (id, percent) => `${id}：${percent}`,
  },
  device: {
    connecting: (url) => `正在连接 ${url}`,
    code: (code, data) => `服务器要求配对这台设备。请在服务器上运行：npx chorus devices approve ${code}${data}`,
    says: (file, seconds) => `说 ${file}（${seconds} 秒）`,
    heard: '听到',
    nothingHeard: '（什么都没有）',
    answer: '回答',
    noAnswer: (seconds) => `${seconds} 秒内没有回答。`,
    closedByServer: '服务器没有答完就关闭了连接。',
    unfinished: '回答开始了却没有结束（没有 `tts stop`）。',
    excuses: {
      busy: '这不算回答：服务器正忙。',
      apology: '这不算回答：服务器说明了为什么答不了。',
      not_heard: '这不算回答：服务器什么也没听懂。',
    },
    cutOff: '话还没说完服务器就开始回答了。',
    timeline: '时间线：说完最后一个字之后的毫秒数',
    stages: {
      heard: '识别出文字',
      start: '宣布回答',
      packet: '第一个包',
      sound: '听到第一声',
      stop: '宣布结束',
      played: '全部听完',
    },
    underruns: (count, ms) => (count === 0 ? '没有断流' : `断流 ${count} 次，回答中共 ${ms} 毫秒没有声音`),
    overflows: (count) => (count === 0 ? '没有溢出' : `丢了 ${count} 个包：设备的队列满了`),
    packets: (count, spacingMs) => `${count} 个包，相邻两个最少相隔 ${spacingMs} 毫秒`,
    violations: '服务器违反了协议',
    saved: (file) => `已写入 ${file}。`,
    nothingToSave: '没有播放声音，所以没有写文件。',
    noPlayer: '没有找到能播放 WAV 的程序（aplay、paplay、play、ffplay、afplay）。',
    noRecorder:
      '没有找到录音程序。请安装其中之一：arecord（alsa-utils）、parecord（pulseaudio-utils）、rec（sox）、ffmpeg。或者说一段录音：chorus device --say clip.wav',
    recorderFailed: (program, detail) => `${program} 无法录音：${detail}`,
    live: (program) => `麦克风：${program}。请说话；回车：唤醒或打断，q 加回车：挂断。`,
    liveNeedsTerminal: '交互模式需要终端。可以改为说一段录音：chorus device --say clip.wav',
    you: '你',
    it: '它',
    hungUp: '已挂断。',
    badWav: (file, detail) => `${file} 不能拿来说：${systemErrorWords(detail, 'zh')}`,
    notPlainWav: () => '它不是普通的 WAV 文件（PCM，单声道或立体声）',
    empty: (file) => `${file} 里没有声音`,
  },
  models: {
    state: {
      installed: '已安装',
      missing: '未安装',
      downloading: '下载中',
      checking: '校验中',
      unpacking: '解压中',
      waiting: '等待重试',
    },
    kinds: { asr: '识别', tts: '合成', vad: '语音检测' },
    included: '随附',
    unverified: '大小或哈希尚未从来源确认',
    pulled: (id) => `${id} 已安装。`,
    removed: (id) => `${id} 已删除。`,
    notInstalled: (id) => `${id} 没有安装。`,
    fine: (id) => `${id}：每个文件都正确`,
    broken: (id, file, what) => `${id}：${file}：${what}`,
    results: { ok: '正确', missing: '缺失', 'wrong size': '大小不对', 'wrong hash': '哈希不对' },
    none: '没有安装任何模型。',
    from: (mirror) => `来自 ${mirror}`,
  },
  setup: {
    needsTerminal:
      '设置向导要提问，需要终端。在脚本里请用 `--set` 或直接写 config.yaml；所有配置项见 `chorus config schema`。',
    title: 'Chorus 设置',
    cancelled: '什么都没有写。',
    language: '你用什么语言和设备说话？',
    languages: { auto: '按每台设备自己的设置', zh: '中文', en: 'English' },
    llm: '用哪个大模型来回答？',
    llmNone: '暂时不用：内置的离线助手',
    llmFound: (models) => `在本机找到：${models}`,
    llmCustom: '其他兼容 OpenAI 协议的服务',
    llmModel: '用它的哪个模型？',
    baseUrl: '它的地址，写到 /v1 为止',
    key: (name) => `${name} 的 API 密钥（留空：从环境变量读取，或不需要）`,
    keyFromEnvironment: (variable) => `密钥在环境变量 ${variable} 里`,
    trying: (what) => `正在试 ${what}`,
    llmWorks: (what, firstMs, totalMs, text) => `${what}：${firstMs} 毫秒后出第一个字，${totalMs} 毫秒说完：${text}`,
    failed: (what, reason) => `${what} 不行：${reason}`,
    keep: (what) => `保留现在的：${what}`,
    keyKept: (name) => `${name} 的 API 密钥（留空：保留现有的）`,
    again: '换一个吗？',
    retry: { again: '重新选择', keep: '还是用它' },
    voice: '用哪个声音？',
    voiceAuto: 'Edge（免费，需要网络），连不上时用本机的声音',
    voiceWorks: (what, firstMs, totalMs) => `${what}：${firstMs} 毫秒后出声，${totalMs} 毫秒合成完整句`,
    voiceInstead: (what, why) => `${what} 没能说话（${why}），由下一个声音代替，服务器里也会这样。`,
    hearing: (model) => `由 ${model} 识别，已安装`,
    hearingLater: '需要的模型会在服务器启动后下载（中文 239 MB）；在此之前设备会如实告知',
    voiceKey: '语音服务的 API 密钥',
    pairing: '哪些设备可以连接？',
    pairings: {
      lan: '自己网络里的直接加入，其他的念出六位数字由你确认',
      code: '每台新设备都念出六位数字由你确认',
      open: '谁都可以（仅限有防火墙时）',
    },
    pairingWorks: (addresses) => `本机在这些地址上的网络算自己的网络：${addresses}`,
    noLan: '本机没有内网地址：每台设备都需要配对码。',
    port: '用哪个端口？',
    portNumber: '1 到 65535 的数字',
    portFree: (port, ms) => `端口 ${port} 可用（${ms} 毫秒）。`,
    portOwn: (port) => `端口 ${port} 由正在使用这个数据文件夹的服务器占用，可以继续用。`,
    portTaken: (port) => `端口 ${port} 已被其他程序占用。`,
    written: (file) => `已写入 ${file}。`,
    speaking: '现在让模拟设备说一句话，走完整个服务器',
    spoke: (heard, answer, ms) => `它听到“${heard}”，${ms} 毫秒后开始回答：“${answer}”`,
    serverRuns: '已经有服务器在使用这个数据文件夹；重启它才会使用新设置。',
    done: (data) => `启动服务器：npx chorus serve${data}`,
    test: { sentence: '现在几点了？', prompt: '你好！' },
  },
};
