import type { CapacityFacts } from '../../capacity/index.js';
import type { RecognitionCost } from '../../capacity/index.js';
import type { UiLanguage } from '../../core/index.js';

interface ProfileLine {
  readonly sessions: number;
  readonly workers: number;
  readonly cpu: number;
  readonly memoryGb: number;
}

const devices = (count: number): string => (count === 1 ? '1 device' : `${count} devices`);
const cores = (count: number): string => (count === 1 ? '1 core' : `${count} cores`);
const percent = (target: CapacityFacts['target']): string => (target === 'off' ? '' : `${Math.round(target * 100)} %`);

const en = {
  label: 'Carries',
  machine: 'This machine',
  speech: 'Recognition',
  inForce: 'In force',
  auto: 'auto',
  found: ({ cores: count, cpuQuota, supplyCores, supplyGb }: CapacityFacts, cpu: string) =>
    `${cores(count)} ` +
    `(${cpu})${cpuQuota === undefined ? ', no quota' : `, quota ${cpuQuota}`}; assumed: ` +
    `${cores(supplyCores)}, ${supplyGb} GB`,
  recognition: (runtime: string, costs: readonly RecognitionCost[]) =>
    [
      runtime,
      ...costs.map(
        ({ model, msPerSpeechSecond }) => `${model}: ${msPerSpeechSecond.toFixed(1)} ms of CPU a second of speech`,
      ),
    ].join('; '),
  carries: (facts: CapacityFacts) =>
    `${facts.profile}: up to ${devices(facts.talking)} at once (${cores(facts.supplyCores)}, ${facts.supplyGb} ` +
    `GB, ${facts.slots} CPU ${facts.slots === 1 ? 'slot' : 'slots'}; ${en.why(facts)})`,
  why: ({ reason, source, costCores, target }: CapacityFacts): string => {
    if (source === undefined) return 'load is not looked at (load.target: off)';
    if (reason === 'configured') return 'as configured';
    if (reason === 'memory') return `memory, up to ${percent(target)} of it`;
    const cost = {
      table: 'by a careful table until this machine is measured',
      self_test: 'by the self-test on this machine',
      measured: 'as measured on those who talk',
    }[source];
    return `${costCores} core a device ${cost}, up to ${percent(target)} of the CPU`;
  },
  line: ({ sessions, workers, cpu, memoryGb }: ProfileLine) =>
    `${devices(sessions)}, ${workers} ${workers === 1 ? 'worker' : 'workers'} each for ` +
    `recognition, language model and voice, ${cores(cpu)}, ${memoryGb} GB`,
  autoWithin: ({ talking, extrapolated }: { readonly talking: number; readonly extrapolated: boolean }) =>
    `auto within these limits: ${devices(talking)}${extrapolated ? ' (extrapolated)' : ''}`,
  tooBig: 'more than this machine has',
  chosen: 'chosen',
  untested:
    'The self-test has not run here yet: it runs by itself a few seconds after a server is ready, while nobody talks.',
  choose:
    'Choose with `profile: NAME` in the configuration, or CHORUS_PROFILE=NAME. ' +
    'Keys that are set beside it win; `chorus config show` says where each value comes from.',
  careful: '2c4g, 4c8g and 8c16g are careful fixed values for machines of that size; auto measures.',
};

const zh: typeof en = {
  label: '承载',
  machine: '这台机器',
  speech: '识别',
  inForce: '当前生效',
  auto: 'auto',
  found: ({ cores: count, cpuQuota, supplyCores, supplyGb }, cpu) =>
    `${count} 核（${cpu}）${cpuQuota === undefined ? '，无配额' : `，配额 ${cpuQuota}`}；按 ${supplyCores} 核、${supplyGb} GB 计算`,
  recognition: (runtime, costs) =>
    [
      runtime,
      ...costs.map(({ model, msPerSpeechSecond }) => `${model}：每秒语音 CPU ${msPerSpeechSecond.toFixed(1)} 毫秒`),
    ].join('；'),
  carries: (facts) =>
    `${facts.profile}：最多 ${facts.talking} 台同时对话（${facts.supplyCores} 核，` +
    `${facts.supplyGb} GB，${facts.slots} 个 CPU 槽；${zh.why(facts)}）`,
  why: ({ reason, source, costCores, target }) => {
    if (source === undefined) return '不看负载（load.target: off）';
    if (reason === 'configured') return '按配置';
    if (reason === 'memory') return `内存，最多用到 ${percent(target)}`;
    const cost = { table: '测量之前按保守的表', self_test: '按本机自测', measured: '按正在对话的设备实测' }[source];
    return `每台 ${costCores} 核（${cost}），CPU 最多用到 ${percent(target)}`;
  },
  line: ({ sessions, workers, cpu, memoryGb }) =>
    `${sessions} 台，识别、大模型、语音各 ${workers} 个并发，${cpu} 核，${memoryGb} GB`,
  autoWithin: ({ talking, extrapolated }) => `同样的限制下 auto：${talking} 台${extrapolated ? '（推算）' : ''}`,
  tooBig: '超出这台机器',
  chosen: '已选',
  untested: '这里还没有自测过：服务器就绪几秒后、没有人说话时会自动进行。',
  choose:
    '用配置里的 `profile: 名称` 或环境变量 CHORUS_PROFILE=名称 选择。同时设置的其他配置项优先；`chorus config show` 会说明每个值从哪里来。',
  careful: '2c4g、4c8g、8c16g 是对应规格机器的保守固定值；auto 会实测。',
};

export const profileWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
