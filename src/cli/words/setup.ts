import type { UiLanguage } from '../../core/index.js';

const minutesAt20Mbit = (megabytes: number): number => Math.max(1, Math.round((megabytes * 8) / 20 / 60));

const en = {
  needsTerminal:
    'The set-up asks questions and needs a terminal. In scripts write keys with `--set` or into config.yaml; ' +
    '`chorus config schema` lists them.',
  title: 'Chorus set-up',
  keys: '↑/↓ to choose, Enter to confirm, Ctrl+C to stop',
  wentWrong: 'Something went wrong',
  cancelled: 'Nothing was written.',
  language: 'Which language do you speak with the device?',
  languages: { auto: 'what each device says it is set to', zh: '中文', en: 'English' },
  llm: 'Which language model answers?',
  llmNone: 'none yet: the built-in offline assistant',
  llmFound: (models: string) => `found on this machine: ${models}`,
  llmCustom: 'another one that speaks the OpenAI protocol',
  llmModel: 'Which of its models?',
  baseUrl: 'Its address, up to and including /v1',
  key: (name: string) => `API key for ${name} (empty: take it from the environment, or none)`,
  keyFromEnvironment: (variable: string) => `the key is in ${variable}`,
  trying: (what: string) => `Trying ${what}`,
  llmWorks: (what: string, firstMs: string, totalMs: string, text: string) =>
    `${what}: first word after ${firstMs} ms, done after ${totalMs} ms: ${text}`,
  failed: (what: string, reason: string) => `${what} did not work: ${reason}`,
  keep: (what: string) => `Keep ${what}`,
  keyKept: (name: string) => `API key for ${name} (empty: keep the present one)`,
  again: 'Try something else?',
  retry: { again: 'choose again', keep: 'keep it all the same' },
  voice: 'Which voice speaks?',
  voiceAuto: 'Edge (free, needs internet), a local voice when it cannot be reached',
  voiceWorks: (what: string, firstMs: string, totalMs: string) =>
    `${what}: first sound after ${firstMs} ms, the whole sentence after ${totalMs} ms`,
  voiceInstead: (what: string, why: string) =>
    `${what} could not speak (${why}); the next voice steps in, as it will in the server. `,
  hearing: (model: string) => `English is understood by ${model}, which is installed`,
  hearingChinese: (model: string) => `Chinese is understood by ${model}, which is installed`,
  hearingLater: (megabytes: number, whenNeeded: boolean, command: string) =>
    `Chinese needs a speech model of ${megabytes} MB, which is not here yet. The server downloads it when ` +
    `${whenNeeded ? 'the first Chinese device connects' : 'it starts'}, which takes about ` +
    `${minutesAt20Mbit(megabytes)} minutes at 20 Mbit/s. Until then a device only says so. ` +
    `To download it now: ${command}`,
  voiceKey: 'API key of the speech service',

  pairing: 'Which devices may connect?',
  pairings: {
    lan: 'those of my own network at once, others by spoken code',
    code: 'every new device by spoken code',
    open: 'everybody (only behind a firewall)',
  },
  pairingWorks: (addresses: string) => `Addresses of this machine that count as its own network: ${addresses}`,
  noLan: 'This machine has no address in a private network: every device will need the code.',
  port: 'On which port?',
  portNumber: 'a number from 1 to 65535',
  portFree: (port: number, ms: string) => `Port ${port} is free (${ms} ms).`,
  portOwn: (port: number) => `Port ${port} is that of the server that runs on this data folder.`,
  portTaken: (port: number) => `Another program listens on port ${port}.`,
  written: (file: string) => `Wrote ${file}.`,
  speaking: 'Now a sentence to the simulated device, through the whole server',
  spoke: (heard: string, answer: string, ms: string) =>
    `It heard "${heard}" and began to answer after ${ms} ms: "${answer}"`,
  serverRuns: 'A server runs on this data folder already; restart it to use the new settings.',
  done: (data: string) => `Start the server with: npx chorus serve${data}`,
  test: { sentence: 'What time is it?', prompt: 'Hello!' },
};

const zh: typeof en = {
  needsTerminal:
    '设置向导要提问，需要终端。在脚本里请用 `--set` 或直接写 config.yaml；所有配置项见 `chorus config schema`。',
  title: 'Chorus 设置',
  keys: '↑/↓ 选择，回车确认，Ctrl+C 退出',
  wentWrong: '出错了',
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
  hearing: (model) => `英语由 ${model} 识别，已安装`,
  hearingChinese: (model) => `中文由 ${model} 识别，已安装`,
  hearingLater: (megabytes, whenNeeded, command) =>
    `识别中文需要一个 ${megabytes} MB 的语音模型，现在还没有。服务器会在` +
    `${whenNeeded ? '第一台中文设备连接时' : '启动时'}下载它，20 Mbit/s 的网络大约要 ${minutesAt20Mbit(megabytes)} 分钟；` +
    `在此之前设备只会如实告知。现在就下载：${command}`,
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
};

export const setupWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
