import { bilingualWords } from '../../../core/index.js';

const en = {
  target: 'target',
  machine: {
    title: 'The whole machine',
    explanation:
      'Share of CPU and memory in use. On average the curves should stay below the dashed line; ' +
      'short peaks of CPU are harmless.',
    memory: 'memory',
  },
  processes: {
    title: 'The server, by process',
    explanation:
      'main: connections and decisions; listening: hears when somebody speaks; asr: turns speech into text; ' +
      'speaking: makes sound for the device.',
  },
  cores: 'cores',
  howBusy: 'How busy was the machine?',
  container: { cpu: 'CPU of the container, of its limit', memory: 'memory of the container, of its limit' },
  howServer: 'How did the server respond?',
  response: {
    title: 'Response time, and what was going on',
    explanation:
      'How long the server took to answer a simple question, and how late its own thread was. ' +
      'Gaps are times without an answer. Below: jobs that wait for a CPU should be none or few.',
    target: 'target of the delay inside',
    response: 'response',
    delay: 'delay inside (99th percentile)',
    connected: 'devices connected',
    talking: 'devices in a turn',
    running: 'jobs on a CPU',
    waiting: 'jobs that wait',
  },
  number: 'number',
  details: {
    restarts: 'Child processes started again',
    refused: 'Devices told that the server is busy',
    response: 'Response of the server, median / worst',
    fleet: 'The simulated devices themselves',
    title: 'Details',
    load: 'Load average (1 min), mean',
    pressure: 'Time in which somebody waited for CPU / memory / disk (PSI)',
    stolen: 'CPU taken by other guests of the host (steal)',
    sockets: 'TCP sockets, at most',
    process: (name: string) => `Process ${name}`,
    processes: 'Processes of the server',
    noProcesses: 'not known: no server.json in the data folder',
  },
  medianAndWorst: (median: string, worst: string) => `${median} / ${worst}`,
  fleet: (cores: string, memory: string, late: string) => `${cores} cores, ${memory}, event loop ${late} late`,
  what: 'What',
  value: 'Value',
  process: (cores: string, memory: string) => `${cores} cores, ${memory}`,
  turns: {
    first: (shown: number, all: number) =>
      `The first ${shown} of ${all} turns of the simulated devices; all are ` +
      'in the JSON file. Milliseconds after the last word.',
    all: 'Turns of the simulated devices, milliseconds after the last word',
    device: 'device',
    turn: 'turn',
    outcome: 'how it ended',
    text: 'text',
    firstSound: 'first sound',
    allSent: 'all sent',
    underruns: 'underruns',
    wrongWords: 'wrong words',
  },
};

const zh: typeof en = {
  target: '目标',
  machine: {
    title: '整台机器',
    explanation: 'CPU 和内存的使用比例。平均应在虚线以下；CPU 的短暂尖峰没有关系。',
    memory: '内存',
  },
  processes: {
    title: '服务器，按进程',
    explanation: 'main：连接和决策；listening：判断有没有人在说话；asr：语音变文字；speaking：为设备准备声音。',
  },
  cores: '核',
  howBusy: '机器有多忙？',
  container: { cpu: '容器 CPU，占上限', memory: '容器内存，占上限' },
  howServer: '服务器反应如何？',
  response: {
    title: '响应时间，和当时在做的事',
    explanation:
      '服务器回答一个简单请求用的时间，以及它的主线程迟了多少。空缺处没有响应。下图：等待 CPU 的任务应当没有或很少。',
    target: '内部延迟的目标',
    response: '响应',
    delay: '内部延迟（99 百分位）',
    connected: '已连接的设备',
    talking: '对话中的设备',
    running: '正在计算的任务',
    waiting: '在等待的任务',
  },
  number: '数量',
  details: {
    restarts: '子进程重启次数',
    refused: '被告知服务器正忙的次数',
    response: '服务器响应，中位数 / 最慢',
    fleet: '模拟设备自身',
    title: '明细',
    load: '平均负载（1 分钟），平均',
    pressure: '有程序在等 CPU / 内存 / 磁盘的时间（PSI）',
    stolen: '被宿主分给别人的 CPU（steal）',
    sockets: 'TCP 连接，最多',
    process: (name) => `进程 ${name}`,
    processes: '服务器的进程',
    noProcesses: '不明：数据文件夹里没有 server.json',
  },
  medianAndWorst: (median, worst) => `${median} / ${worst}`,
  fleet: (cores, memory, late) => `${cores} 核，${memory}，事件循环迟 ${late}`,
  what: '项目',
  value: '数值',
  process: (cores, memory) => `${cores} 核，${memory}`,
  turns: {
    first: (shown, all) => `模拟设备 ${all} 轮中的前 ${shown} 轮，全部在 JSON 文件里。单位：说完之后的毫秒数。`,
    all: '模拟设备的每一轮，说完之后的毫秒数',
    device: '设备',
    turn: '轮次',
    outcome: '结果',
    text: '文字',
    firstSound: '第一声',
    allSent: '全部发完',
    underruns: '断流',
    wrongWords: '错词',
  },
};

export const machineWords = bilingualWords({ en, zh });
