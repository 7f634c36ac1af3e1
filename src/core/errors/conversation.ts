import { both } from '../language.js';
import type { ErrorRow } from './error-row.js';
import { inBrackets, LOOK_FOR_CAUSE, systemReason, named, quoted } from './sentences.js';

const WAIT_A_MOMENT = both(
  'Wait a moment. `npx chorus monitor` says what the machine is short of.',
  '请稍等。`npx chorus monitor` 说明机器缺什么。',
);

export const CONVERSATION_ERRORS = {
  'engine.crashed': {
    log: 'error',
    retryable: true,
    status: 502,
    apology: 'internal',
    cause: both('A child process ended unexpectedly and was started again.', '一个子进程意外退出，已重新启动'),
    remedy: both(
      'Try again; if a child process always ends like that, please report it.',
      '请再试一次；如果总是这样，请报告。',
    ),
  },
  'engine.hung': {
    log: 'error',
    retryable: true,
    status: 502,
    apology: 'internal',
    cause: both(
      'A job ran far longer than predicted; its process was killed and started again.',
      '一个子进程的任务远远超时，进程已被终止并重新启动',
    ),
    remedy: both(
      'Try again. If it happens often, the machine is too slow or overloaded: ' +
        '`npx chorus monitor` says what it is short of.',
      '请再试一次。如果经常出现，说明机器太慢或负载过高：`npx chorus monitor` 会说明缺什么。',
    ),
  },
  'engine.failed': {
    log: 'error',
    retryable: true,
    status: 502,
    apology: 'internal',
    cause: both(
      'A child process cannot start, or died three times within a minute.',
      '一个子进程无法启动，或在一分钟内退出了三次',
    ),
    remedy: both(
      'It is started again after a pause. The reason is on /readyz.',
      '过一会儿会自动再试。原因见 /readyz。',
    ),
  },
  'engine.quarantined': {
    log: 'error',
    status: 502,
    apology: 'asr_failed',
    cause: both('A job ended its process twice and is not tried again.', '一个任务两次使它的进程退出，不再尝试'),
    remedy: both(
      'Say it again in other words. If it happens often, please report it.',
      '请换一种说法再试。如果经常出现，请报告。',
    ),
  },
  'engine.job_failed': {
    log: 'warn',
    status: 502,
    apology: 'internal',
    cause: both('A child process answered a job with an error.', '子进程没能完成任务'),
    remedy: LOOK_FOR_CAUSE,
  },
  'model.not_fetched': {
    log: 'warn',
    retryable: true,
    apology: 'model_missing',
    cause: {
      en: 'The speech model for the language of a device could not be fetched; it is tried again.',
      zh: ({ id }) => `语音模型${named(id)}下载不了，会再试`,
    },
    remedy: both(
      'Check the network. Without internet, fetch the archive elsewhere and run `npx chorus models pull ID ' +
        '--file ARCHIVE`; a running server notices.',
      '请检查网络。没有网络时，在别处下载压缩包，再用 `npx chorus models pull 编号 --file 压缩包` 安装，正在运行的服务器会自己发现。',
    ),
  },
  'model.not_installed': {
    log: 'warn',
    apology: 'model_missing',
    cause: {
      en: 'The speech model for the language of a device is not installed, and models.auto_pull is off.',
      zh: ({ id }) => `语音模型${named(id)}没有安装，也不会自动下载（models.auto_pull 已关闭）`,
    },
    remedy: both(
      'Install it with `npx chorus models pull ID` (a running server notices), or allow models.auto_pull.',
      '用 `npx chorus models pull 编号` 下载，正在运行的服务器会自己发现；也可以打开 models.auto_pull。',
    ),
  },
  'model.missing': {
    log: 'warn',
    retryable: true,
    apology: 'model_downloading',
    cause: {
      en: 'A model is not installed yet.',
      zh: ({ id, percent }) =>
        inBrackets(`模型${named(id)}还没有安装`, percent === undefined ? '' : `已收到 ${percent} %`),
    },
    remedy: both('Install it with `npx chorus models pull ID`.', '用 `npx chorus models pull 编号` 下载。'),
  },
  'model.corrupt': {
    log: 'error',
    apology: 'asr_failed',
    cause: {
      en: 'A model file is missing, or has the wrong size or hash.',
      zh: ({ id, file }) => inBrackets(`模型${named(id)}的文件缺失、大小不对或已损坏`, file),
    },
    remedy: both(
      '`npx chorus models pull ID --force` fetches it again.',
      '用 `npx chorus models pull 编号 --force` 重新下载。',
    ),
  },
  'model.unknown': {
    log: 'error',
    status: 404,
    cause: {
      en: 'No model of that name is in the catalogue.',
      zh: ({ id, known, included }) =>
        included === undefined
          ? inBrackets(`没有名为${named(id)}的模型`, known === undefined ? '' : `可以是 ${known}`)
          : `${id} 随 Chorus 安装，不能删除`,
    },
    remedy: both(
      '`npx chorus models list` shows the models that can be fetched, and those that come with Chorus.',
      '用 `npx chorus models list` 查看有哪些模型。',
    ),
  },
  'model.busy': {
    log: 'warn',
    retryable: true,
    status: 409,
    cause: { en: 'Another process is fetching this model.', zh: ({ id }) => `另一个进程正在下载模型${named(id)}` },
    remedy: both('Wait until it is done.', '请等它完成。'),
  },
  'model.download_failed': {
    log: 'warn',
    retryable: true,
    cause: {
      en: 'No mirror delivered the model.',
      zh: ({ id, host, status, path, stalledS, ...details }, because) => {
        if (path !== undefined) return `没有 ${path} 这个文件或文件夹`;
        if (host !== undefined)
          return inBrackets(
            `${host} 没有给出文件`,
            status !== undefined
              ? `HTTP ${status}`
              : stalledS === undefined
                ? systemReason(details)
                : `${stalledS} 秒没有数据`,
          );
        return inBrackets(`模型${named(id)}下载失败`, because);
      },
    },
    remedy: both(
      'Try again, name an address with --from, or bring an archive or folder with --file.',
      '请再试一次，用 --from 指定地址，或用 --file 使用带来的压缩包或文件夹。',
    ),
  },
  'tts.failed': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'internal',
    cause: both('Speech synthesis failed.', '语音合成失败'),
    remedy: LOOK_FOR_CAUSE,
  },
  'tts.timeout': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'internal',
    cause: both('Speech synthesis did not answer in time.', '语音合成没有及时完成'),
    remedy: both('Try again, or choose another voice (tts.provider).', '请再试一次，或换一个声音（tts.provider）。'),
  },
  'tts.unreachable': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'internal',
    cause: both('The voice service cannot be reached, or the connection broke.', '连不上语音服务，或连接中断'),
    remedy: both(
      'Check the network, or set tts.provider to a voice of this machine.',
      '请检查网络，或把 tts.provider 设为本机的声音。',
    ),
  },
  'tts.rejected': {
    log: 'warn',
    status: 502,
    apology: 'internal',
    cause: {
      en:
        'The voice service refused the request: a wrong key, an unknown voice or model, ' +
        'or (Edge) a browser version that is too old.',
      zh: (details) =>
        inBrackets('语音服务拒绝了请求：密钥不对，没有这个音色或模型，或者（Edge）版本号太旧', quoted(details)),
    },
    remedy: both(
      'Check tts.voice and tts.openai; for Edge see tts.edge.version.',
      '请检查 tts.voice 和 tts.openai；Edge 见 tts.edge.version。',
    ),
  },
  'tts.rate_limited': {
    log: 'warn',
    retryable: true,
    status: 502,
    apology: 'internal',
    cause: both(
      'The voice service refused because of too many requests, or its account has no credit left.',
      '请求太多，或账户余额不足，语音服务暂时拒绝',
    ),
    remedy: both(
      'Wait a little, or look at the account; a local voice steps in.',
      '请稍等，或查看账户；本地声音会顶上。',
    ),
  },
  'tts.unavailable': {
    log: 'warn',
    status: 502,
    apology: 'voice_missing',
    cause: {
      en: 'No voice speaks this language: cloud voices are out of reach, and none on this machine does.',
      zh: (_details, because) => inBrackets('连不上云端语音，本机也没有能说这种语言的声音', because),
    },
    remedy: both(
      '`npx chorus models list` shows the voices that can be installed.',
      '用 `npx chorus models list` 查看可以安装的声音。',
    ),
  },
  'audio.undecodable': {
    log: 'warn',
    retryable: true,
    apology: 'internal',
    cause: both('Audio is damaged, or not in the format that was announced.', '声音已损坏，或者不是所说的格式'),
    remedy: both(
      'Check the path, and use a plain WAV file (PCM, mono or stereo).',
      '请检查文件路径，并使用普通的 WAV 文件（PCM，单声道或立体声）。',
    ),
  },
  'capacity.busy': {
    log: 'info',
    retryable: true,
    status: 503,
    apology: 'busy',
    cause: both(
      'The server carries as many talking devices as it can. The device was told so.',
      '同时说话的设备已经达到上限',
    ),
    remedy: both(
      'Wait a moment. `npx chorus profile` says how many devices this machine carries, and why.',
      '请稍等。`npx chorus profile` 说明这台机器能带多少设备，以及为什么。',
    ),
  },
  'capacity.queue_full': {
    log: 'warn',
    retryable: true,
    status: 503,
    apology: 'busy',
    cause: both('A work queue is full.', '等待的任务太多'),
    remedy: WAIT_A_MOMENT,
  },
  'capacity.queue_timeout': {
    log: 'warn',
    retryable: true,
    status: 503,
    apology: 'busy',
    cause: both('A job waited longer than its bound.', '任务等待太久'),
    remedy: WAIT_A_MOMENT,
  },
  'capacity.budget': {
    log: 'info',
    status: 402,
    apology: 'busy',
    cause: both(
      'A device, its agent or the server has spent its budget of the day. Local models go on working.',
      '这台设备、它的智能体或整台服务器今天的预算已经用完；本机的部分照常工作',
    ),
    remedy: both(
      'A new budget begins at midnight of the server. `npx chorus costs` shows what was spent; ' +
        '`costs.per_device` and the others are the budgets.',
      '到服务器的午夜会有新的预算。`npx chorus costs` 显示花费；预算是 `costs.per_device` 等配置项。',
    ),
  },
  'tool.failed': {
    log: 'info',
    cause: both('A tool, of the device or of the server, answered with an error.', '设备或服务器的工具报错'),
    remedy: both('Try again. The log says which tool it was.', '请再试一次。日志里有工具的名称。'),
  },
  'tool.timeout': {
    log: 'info',
    retryable: true,
    cause: both('A tool, of the device or of the server, did not answer in time.', '设备或服务器的工具没有及时回答'),
    remedy: both(
      'Try again, and check the network of the device or of the server.',
      '请再试一次，并检查设备或服务器的网络。',
    ),
  },
  'memory.failed': {
    log: 'warn',
    retryable: true,
    cause: both(
      'A memory service could not be asked, or a conversation could not be remembered.',
      '记忆服务无法访问，或者一次对话没能记住',
    ),
    remedy: both(
      'Conversations go on without it. Check memory.mem0.base_url, its key and the language model; ' +
        'the log has the details.',
      '对话不受影响。检查 memory.mem0.base_url、它的密钥和大模型；详细情况见日志。',
    ),
  },
  'memory.kept_by_device': {
    log: 'info',
    status: 409,
    cause: both(
      'A memory service keeps what was said by device and agent, not by person. What this server keeps is deleted.',
      '记忆服务按设备和智能体保存内容，不按人保存；这台服务器上的已经删除',
    ),
    remedy: both(
      'Delete what it keeps of the devices to which the person talked: `npx chorus memory forget --device`.',
      '请删除它保存的、这个人用过的设备的内容：`npx chorus memory forget --device`。',
    ),
  },
  'voiceprint.failed': {
    log: 'warn',
    retryable: true,
    status: 502,
    cause: both('A voice could not be identified, kept or removed.', '声纹服务没能识别、保存或删除一个声音'),
    remedy: both(
      'Conversations go on without it. Check `voiceprint.url`, its key, and whether the service runs, or the ' +
        'model in `voiceprint.model`.',
      '对话不受影响。检查 `voiceprint.url`、它的密钥，以及服务是否在运行，或者 `voiceprint.model` 的模型。',
    ),
  },
  'vision.off': {
    log: 'warn',
    cause: both('No model looks at the pictures of devices.', '没有配置看图的模型'),
    remedy: both(
      'Set `vision.model`, and `vision.service` where another service has it (docs/tools.md).',
      '请设置 `vision.model`；模型属于别的服务时再设 `vision.service`（见文档《工具》）。',
    ),
  },
  'vision.bad_picture': {
    log: 'warn',
    status: 400,
    cause: both('A device sent something that is no usable picture.', '设备发来的不是能看的图片'),
    remedy: both(
      'Take another picture, in a usual format, of up to 2 MB and 4000 × 4000 pixels.',
      '请再拍一张，用常见的格式，不超过 2 MB 和 4000 × 4000 像素。',
    ),
  },
  'vision.busy': {
    log: 'warn',
    retryable: true,
    status: 429,
    cause: both(
      'A device sends pictures faster than they may be looked at (one at a time, six in a row, six a minute), or too ' +
        'many devices do so at once.',
      '设备发图太快（同时只看一张，连续最多六张，每分钟六张），或同时发图的设备太多',
    ),
    remedy: both('Wait a few seconds, then take another picture.', '请等几秒再拍一张。'),
  },
} satisfies Readonly<Record<string, ErrorRow>>;
