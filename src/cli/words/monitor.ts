import type { UiLanguage } from '../../core/index.js';

const en = {
  mode: 'monitor: only watch, real devices too; test: simulated devices talk; both: they talk and it is watched',
  duration: 'how long to measure, in seconds',
  connections: 'simulated devices that talk',
  url: 'OTA address of the server (otherwise the one of the data folder on this machine)',
  out: 'folder for the report (otherwise reports in the data folder)',
  language: 'language the simulated devices say they have, e.g. zh-CN or en-US',
  json: 'also print the report as JSON, for scripts',
  after: `
Examples:
  chorus monitor --mode both --duration 60 --connections 2     how two devices would be served
  chorus monitor --duration 600                                watch while you talk to your own devices
  chorus monitor --mode test --url http://192.168.1.20:8000/xiaozhi/ota/

It writes performance_report_DATE_TIME.html (for people) and .json (for programs).
Simulated devices use the language model and the voice that are configured, like real ones.
Exit codes: 0 all targets met, 1 a target was missed, 7 server not reached,
            9 the measurement cannot be used, 130 interrupted`,
  notNumber: 'It must be a whole number of at least 1.',
  begins: (url: string, seconds: number, devices: number) =>
    devices === 0
      ? `Watching ${url} for ${seconds} s.`
      : `${devices} simulated ${devices === 1 ? 'device talks' : 'devices talk'} to ${url} for ${seconds} s.`,
  noPid: 'The processes of the server are not known here, so only the machine as a whole is watched.',
  remote: 'The server is on another machine: only what it answers can be seen from here.',
  live: {
    separator: ', ',
    time: (seconds: number, of: number) => `${seconds}/${of} s`,
    finishing: (seconds: number) => `${seconds} s, the last turns are being finished`,
    cpu: (percent: string) => `CPU ${percent}`,
    memory: (percent: string) => `memory ${percent}`,
    answer: (ms: string) => `answers in ${ms}`,
    silent: 'NO ANSWER',
    devices: (count: number) => `${count} ${count === 1 ? 'device' : 'devices'} in a turn`,
    turns: (count: number) => `${count} ${count === 1 ? 'turn' : 'turns'}`,
    worst: (seconds: string) => `slowest first sound ${seconds}`,
    underruns: (count: number) => `${count} ${count === 1 ? 'underrun' : 'underruns'}`,
    failed: (count: number) => `${count} failed`,
  },
  outcomes: { holds: 'met', missed: 'MISSED', unknown: 'cannot be said' },
  target: (bound: string) => `(target: ${bound})`,
  toDo: 'What to do',
  written: (page: string, data: string) => `Report, to open in a browser: ${page}\nThe same for programs: ${data}`,
};

export type MonitorWords = typeof en;

const zh: MonitorWords = {
  mode: 'monitor：只观察，真实设备也算；test：模拟设备说话；both：边说边观察',
  duration: '持续的秒数',
  connections: '说话的模拟设备数',
  url: '服务器的 OTA 地址（不写则为本机上使用该数据文件夹的服务器）',
  out: '报告所在的文件夹（不写则为数据文件夹里的 reports）',
  language: '模拟设备自称的语言，例如 zh-CN 或 en-US',
  json: '同时把报告以 JSON 输出，给脚本用',
  after: `
例子：
  chorus monitor --mode both --duration 60 --connections 2     两台设备会得到怎样的服务
  chorus monitor --duration 600                                一边观察，一边对自己的设备说话
  chorus monitor --mode test --url http://192.168.1.20:8000/xiaozhi/ota/

会写出 performance_report_日期_时间.html（给人看）和 .json（给程序用）。
模拟设备和真实设备一样，会用到所配置的大模型和语音合成。
退出码：0 目标都达到，1 有目标没达到，7 连不上服务器，9 这次测量不能作数，130 被中断`,
  notNumber: '应为至少是 1 的整数。',
  begins: (url, seconds, devices) =>
    devices === 0 ? `观察 ${url}，${seconds} 秒。` : `${devices} 台模拟设备与 ${url} 对话，${seconds} 秒。`,
  noPid: '在这里看不到服务器的进程，所以只观察整台机器。',
  remote: '服务器在另一台机器上：从这里只能看到它的响应。',
  live: {
    separator: '，',
    time: (seconds, of) => `${seconds}/${of} 秒`,
    finishing: (seconds) => `${seconds} 秒，正在完成最后几轮`,
    cpu: (percent) => `CPU ${percent}`,
    memory: (percent) => `内存 ${percent}`,
    answer: (ms) => `响应 ${ms}`,
    silent: '没有响应',
    devices: (count) => `${count} 台在对话`,
    turns: (count) => `${count} 轮`,
    worst: (seconds) => `第一声最慢 ${seconds}`,
    underruns: (count) => `断流 ${count} 次`,
    failed: (count) => `失败 ${count} 轮`,
  },
  outcomes: { holds: '达到', missed: '未达到', unknown: '不能下结论' },
  target: (bound) => `（目标：${bound}）`,
  toDo: '怎么办',
  written: (page, data) => `报告，用浏览器打开：${page}\n给程序用的同一份：${data}`,
};

export const monitorWords: Readonly<Record<UiLanguage, MonitorWords>> = { en, zh };
