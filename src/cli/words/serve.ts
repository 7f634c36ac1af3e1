import type { UiLanguage } from '../../core/index.js';

/** Returns an empty text if `url` is not an address. */
function portOf(url: string): string {
  if (!URL.canParse(url)) return '';
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}

const en = {
  help: {
    host: 'address to listen on (0.0.0.0: every network, 127.0.0.1: this machine)',
    port: 'port to listen on',
  },
  starting: (version: string) => `Chorus ${version}`,
  ota: 'OTA address for your devices',
  websocket: 'WebSocket',
  data: 'Data',
  model: 'Hears',
  llm: 'Thinks',
  offline: 'the built-in offline assistant',
  voice: 'Speaks',
  pairing: 'Pairing',
  pairings: {
    lan: (max: number) => `devices of this network at once (up to ${max}); others speak six digits, which you approve`,
    code: () => 'every new device speaks six digits, which you approve',
    open: () => 'everybody',
    allowlist: () => 'only devices of auth.allowlist',
  },
  hears: {
    english: 'English',
    chinese: 'Chinese',
    model: (spoken: string, id: string, state: string) => `${spoken}: ${id} (${state})`,
    none: (spoken: string, why: string) => `${spoken}: ${why}`,
    listed: (all: readonly string[]) => all.join(', '),
  },
  modelState: {
    installed: 'ready',
    missing: 'missing',
    downloading: 'downloading',
    checking: 'checking',
    unpacking: 'unpacking',
    waiting: 'waiting',
  },
  notFetched: (megabytes: number) => `${megabytes} MB, downloaded when a device needs it`,
  notInstalled: (id: string) => `missing; install it with \`npx chorus models pull ${id}\``,
  voiceMissing: ({ id, meanwhile, fetching }: { id: string; meanwhile: readonly string[]; fetching: boolean }) =>
    fetching
      ? `The voice ${id} is being fetched; until it is there ${meanwhile.join(' → ')} speaks.`
      : `The voice ${id} (tts.provider) is not installed; until it is there ` +
        `${meanwhile.join(' → ')} speaks. Install it ` +
        `with \`npx chorus models pull ${id}\`; the server notices by itself.`,
  next: 'What next',
  nextDevice: (url: string) => `On the device's Wi-Fi set-up page, "Advanced", enter ${url} and restart the device.`,
  nextLocal: (url: string) =>
    `Only this machine can reach it. Devices need an address: start with --host 0.0.0.0. Address here: ${url}`,
  nextNoLan: (url: string) =>
    'No address in a local network was found. Tell devices how to reach this machine: --set ' +
    `server.public_url=http://ADDRESS:${portOf(url)}. Address here: ${url}`,
  nextTry: (command: string) => `Without a browser, with any WAV file of speech: npx ${command}`,
  nextSetup: 'A language model and a voice of your choice: on the page, or npx chorus setup',
  ready: (seconds: string) => `Ready after ${seconds} s.`,
  notReady: (reason: string) => `Not ready yet: ${reason}`,
  notFetchedYet: (id: string, data: string) =>
    `The model ${id} could not be fetched; it is tried again. Without internet, fetch its archive ` +
    `elsewhere: npx chorus models pull ${id} --file ARCHIVE${data}`,
  pairingCode: (deviceId: string, code: string, data: string) =>
    `Device ${deviceId} asks to be paired. If it is yours: npx chorus devices approve ${code}${data}`,
  stopping: 'Stopping: running replies may finish. Once more Ctrl+C stops at once.',
  stoppedToRestart: 'Stopped, to be started again.',
  stopped: 'Stopped.',
  progress: (id: string, percent: string) => `${id}: ${percent}`,
};

const zh: typeof en = {
  help: {
    host: '监听地址（0.0.0.0：所有网络；127.0.0.1：仅本机）',
    port: '监听端口',
  },
  starting: (version) => `Chorus ${version}`,
  ota: '设备要填的 OTA 地址',
  websocket: 'WebSocket',
  data: '数据',
  model: '听',
  llm: '想',
  offline: '内置的离线助手',
  voice: '说',
  pairing: '配对',
  pairings: {
    lan: (max) => `本网络的设备直接加入（最多 ${max} 台）；其他设备念出六位数字，由你确认`,
    code: () => '每台新设备念出六位数字，由你确认',
    open: () => '谁都可以',
    allowlist: () => '仅 auth.allowlist 中的设备',
  },
  hears: {
    english: '英语',
    chinese: '中文',
    model: (spoken, id, state) => `${spoken}：${id}（${state}）`,
    none: (spoken, why) => `${spoken}：${why}`,
    listed: (all) => all.join('，'),
  },
  modelState: {
    installed: '就绪',
    missing: '未安装',
    downloading: '下载中',
    checking: '校验中',
    unpacking: '解压中',
    waiting: '等待重试',
  },
  notFetched: (megabytes) => `${megabytes} MB，有设备需要时下载`,
  notInstalled: (id: string) => `没有安装；用 \`npx chorus models pull ${id}\` 安装`,
  voiceMissing: ({ id, meanwhile, fetching }) =>
    fetching
      ? `音色 ${id} 正在下载，在此之前由 ${meanwhile.join(' → ')} 说话。`
      : `音色 ${id}（tts.provider）还没有安装，在此之前由 ${meanwhile.join(' → ')} 说话。用 \`npx chorus models pull ${id}\` 安装，服务器会自己发现。`,
  next: '接下来',
  nextDevice: (url) => `在设备配网页面的“高级选项”里填写 ${url}，然后重启设备。`,
  nextLocal: (url) => `目前只有本机能访问。要让设备连接，请用 --host 0.0.0.0 启动。本机地址：${url}`,
  nextNoLan: (url) =>
    `没有找到内网地址。请告诉设备如何访问本机：--set server.public_url=http://地址:${portOf(url)}。本机地址：${url}`,
  nextTry: (command) => `没有浏览器也能试（任何一段说话的 WAV 录音）：npx ${command}`,
  nextSetup: '选择大模型和音色：在页面上，或用 npx chorus setup',
  ready: (seconds) => `已就绪，用时 ${seconds} 秒。`,
  notReady: (reason) => `还没有就绪：${reason}`,
  notFetchedYet: (id, data) =>
    `模型 ${id} 下载失败，会再试。没有网络时，在别处下载压缩包后运行：npx chorus models pull ${id} --file 压缩包${data}`,
  pairingCode: (deviceId, code, data) =>
    `设备 ${deviceId} 请求配对。如果是你的设备：npx chorus devices approve ${code}${data}`,
  stopping: '正在停止：进行中的回答会说完。再按一次 Ctrl+C 立即停止。',
  stoppedToRestart: '已停止，等待重新启动。',
  stopped: '已停止。',
  progress: (id, percent) => `${id}：${percent}`,
};

export const serveWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
