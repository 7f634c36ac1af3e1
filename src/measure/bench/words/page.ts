import { type Bilingual, bilingualWords } from '../../../core/index.js';

const en = {
  title: { capacity: 'How many devices this machine carries', load: 'How the server does under load' },
  sections: { waited: 'How long people waited', meanwhile: 'What went on meanwhile', cost: 'What it cost' },
  costModel: 'a model that costs what SenseVoice costs and understands nothing',
  standIn: 'a stand-in for the language model',
  offline: 'the offline assistant',
  about: (
    devices: number,
    seconds: number,
    scenario: string,
    turns: number,
    model: string,
    llm: string,
    tts: string,
    capacity:
      | {
          devices: number;
          confirmed: boolean;
          guess: number;
          steps: {
            kind: 'probe' | 'confirm' | 'refute';
            devices: number;
            holds: boolean;
            durationS: number;
            turns: number;
            missed: string[];
            disturbed?: Bilingual | undefined;
            firstSoundP95Ms?: number | undefined;
            cpuShare?: number | undefined;
          }[];
          elapsedS: number;
          refutedAt?: number | undefined;
        }
      | undefined,
  ) =>
    `${devices} simulated devices, with recordings of a person, talked to a server for ` +
    `${seconds} s (scenario ${scenario}, ${turns} turns). Recognition: ` +
    `${model}; answers: ${llm}; voice: ` +
    `${tts}.${capacity ? ' This is the run that confirms the number.' : ''}`,
  disturbed: 'Measure again on a quieter machine. The figures below are shown, but not judged.',
  tooShort: 'Measure again for longer, or with more devices.',
  notMeasured: 'not measured, or from too few turns (200 are needed)',
  tooMany: {
    found: 'More devices talked than this machine serves well.',
  },
  turnedAway: {
    found: 'Devices were turned away because the server thought it was full.',
  },
  complaints: {
    found: (count: number) =>
      count === 1 ? 'The server logged a warning or an error.' : `The server logged ${count} warnings or errors.`,
  },
  facts: {
    cores: 'Cores (usable)',
    memory: 'Memory (limit)',
    yes: 'yes',
    no: 'no',
    system: 'System',
    recognition: 'Recognition',
    packets: 'Packets a device holds',
    seed: 'Seed',
  },
  capacity: {
    title: 'How the number was found',
    devices: 'devices',
    run: 'run',
    turns: 'turns',
    firstSound: 'first sound, 95 of 100',
    result: 'result',
    kinds: { probe: 'short', confirm: 'long, to confirm', refute: 'long, must fail' },
    holds: 'holds',
    cannotSay: (reason: string) => `cannot be said: ${reason}`,
    missed: (targets: readonly string[]) => `missed: ${targets.join(', ')}`,
  },
  comparison: {
    title: 'Against the earlier result',
    what: 'what',
    before: 'before',
    now: 'now',
    ratio: 'ratio',
    change: 'change',
    careful: (differences: readonly string[]) => `Careful, the two were not measured alike: ${differences.join('; ')}.`,
  },
  details: {
    settings: 'settings of the server',
    outcomes: 'outcomes of turns',
    llm: 'language model: requests, failed, own time p50 and p95',
    fleet: 'the fleet itself: workers, cores, packets late (p99 of the loop)',
    standIns: 'the stand-ins themselves: cores, late (p99)',
    ready: 'server ready after start',
    title: 'Details',
    what: 'what',
    value: 'value',
    warnings: 'Warnings and errors of the server',
    line: 'line of the log',
  },
  modelTime: (ms: number, kernels: string) =>
    `The language model’s own time (here ${ms} ms to its first sentence) is not counted ` +
    `against the server; people wait for both.${kernels}`,
  kernels: {
    allow: (devices: number) => ` The bare kernels alone would allow ${devices} devices on these cores.`,
    allowBeside: (devices: number, beside: number) =>
      ` The bare kernels alone would allow ${devices} devices on these cores, ` +
      `${beside} beside the fleet and the stand-ins.`,
  },
};

const zh: typeof en = {
  title: { capacity: '这台机器能承载多少台设备', load: '服务器在负载下的表现' },
  sections: { waited: '人们等了多久', meanwhile: '期间发生了什么', cost: '用了多少资源' },
  costModel: '运算量与 SenseVoice 相同、但听不懂话的模型',
  standIn: '大模型的替身',
  offline: '离线助手',
  about: (devices, seconds, scenario, turns, model, llm, tts, capacity) =>
    `${devices} 台模拟设备用真人录音与服务器对话 ${seconds} 秒（场景 ${scenario}，共 ${turns} ` +
    `次）。语音识别：${model}；回答：${llm}；语音合成：${tts}。${capacity ? '这是确认该数目的一次测试。' : ''}`,
  disturbed: '请在更空闲的机器上再测一次。下面的数字仅供参考，不作判断。',
  tooShort: '请用更长时间或更多设备再测一次。',
  notMeasured: '未测量，或对话太少（需要 200 次）',
  tooMany: {
    found: '同时对话的设备超过了这台机器能良好服务的数目。',
  },
  turnedAway: {
    found: '服务器认为已满，拒绝了部分设备。',
  },
  complaints: { found: (count) => `服务器记录了 ${count} 条警告或错误。` },
  facts: {
    cores: '核数（可用）',
    memory: '内存（上限）',
    yes: '有',
    no: '无',
    system: '系统',
    recognition: '语音识别',
    packets: '设备可存放的包数',
    seed: '种子',
  },
  capacity: {
    title: '数目是怎样找到的',
    devices: '设备数',
    run: '测试',
    turns: '对话',
    firstSound: '第一声 p95',
    result: '结果',
    kinds: { probe: '短', confirm: '长，确认', refute: '长，应当失败' },
    holds: '达到',
    cannotSay: (reason) => `不能下结论：${reason}`,
    missed: (targets) => `未达到：${targets.join('、')}`,
  },
  comparison: {
    title: '与先前结果的比较',
    what: '项目',
    before: '先前',
    now: '现在',
    ratio: '比值',
    change: '变化',
    careful: (differences) => `注意，两次测量的条件不同：${differences.join('；')}。`,
  },
  details: {
    settings: '服务器的配置',
    outcomes: '对话的结局',
    llm: '大模型：请求、失败、自身耗时 p50 与 p95',
    fleet: '测试端自身：进程数、核、事件循环延迟 p99',
    standIns: '替身自身：核、延迟 p99',
    ready: '服务器启动到就绪',
    title: '细节',
    what: '项目',
    value: '值',
    warnings: '服务器的警告和错误',
    line: '日志',
  },
  modelTime: (ms, kernels) =>
    `大模型自己的时间（这里到第一句为 ${ms} 毫秒）没有算在服务器头上，但人们要等两者之和。${kernels}`,
  kernels: {
    allow: (devices) => `仅裸核运算，这些核心可容纳 ${devices} 台设备。`,
    allowBeside: (devices, beside) =>
      `仅裸核运算，这些核心可容纳 ${devices} 台设备，与模拟设备和替身同机时为 ${beside} 台。`,
  },
};

export const pageWords = bilingualWords({ en, zh });
