import type { FleetTurn } from '../../fleet/index.js';
import type { Block, Text } from '../../report/index.js';
import type { BenchResult } from '../result.js';

const MB = 2 ** 20;

/** Where time went, turn by turn. */
export function answerBlocks({ fleet, serviceLevel, llmOwn }: BenchResult): readonly Block[] {
  const counted = fleet.turns.filter(({ warmup }) => !warmup);
  const stage = (of: (turn: FleetTurn) => number | undefined): number[] => counted.flatMap((turn) => of(turn) ?? []);
  const bound = Math.round(serviceLevel.firstSoundP95Ms + llmOwn.medianMs);
  const bounds = [
    {
      name: { en: 'target of 95 of 100 turns, language model included', zh: '95% 对话的目标（含大模型）' },
      value: bound,
    },
  ];
  if (counted.length === 0) return [{ type: 'paragraph', text: { en: 'Nobody spoke.', zh: '没有人说话。' } }];
  return [
    {
      type: 'distribution',
      shape: 'share',
      title: { en: 'From the last word to each step', zh: '从说完到每一步' },
      explanation: {
        en: 'The further left a curve rises, the faster. Where it crosses 50, half of the turns had got that far. People wait for the last one, the first sound.',
        zh: '曲线越靠左越快；到 50 处表示一半的对话已到这一步。人们等的是最后一条：第一声。',
      },
      unit: 'ms',
      bounds,
      series: [
        { name: { en: 'text recognised', zh: '识别出文字' }, values: stage(({ sttMs }) => sttMs) },
        { name: { en: 'answer announced', zh: '宣布回答' }, values: stage(({ ttsStartMs }) => ttsStartMs) },
        { name: { en: 'first packet', zh: '第一个包' }, values: stage(({ firstPacketMs }) => firstPacketMs) },
        { name: { en: 'first sound', zh: '第一声' }, values: stage(({ firstSoundMs }) => firstSoundMs) },
      ],
    },
    {
      type: 'distribution',
      shape: 'histogram',
      title: { en: 'First sound: how many turns took how long', zh: '第一声：多少次对话用了多长时间' },
      explanation: {
        en: 'Each bar counts turns. One hump on the left is good; a long tail on the right are people who wait.',
        zh: '每根柱子是对话数。集中在左边为好；右边的长尾是在等待的人。',
      },
      unit: 'ms',
      bounds,
      series: [{ name: { en: 'turns', zh: '对话' }, values: stage(({ firstSoundMs }) => firstSoundMs) }],
    },
  ];
}

/** What happened when. */
export function loadBlocks({ fleet, observations }: BenchResult): readonly Block[] {
  const { seconds, marks } = fleet;
  if (seconds.length < 2) return [];
  const markWords: Readonly<Record<string, Text>> = {
    counted_from: { en: 'counted from here', zh: '从这里开始计数' },
    storm: { en: 'storm', zh: '风暴' },
    restart: { en: 'server restarted', zh: '服务器重启' },
    restarted: { en: 'ready again', zh: '重新就绪' },
    planned_end: { en: 'last turns begin', zh: '最后的对话开始' },
  };
  const shown = marks.map(({ atS, what }) => ({ atS, text: markWords[what] ?? what }));
  const blocks: Block[] = [
    {
      type: 'timeline',
      title: { en: 'The load, and the sound in hand', zh: '负载，以及设备里存着的声音' },
      explanation: {
        en: 'Above what the people did, below how much sound the devices still had when the next packet came. At zero the sound breaks; the last panel counts the breaks.',
        zh: '上图是人们在做什么，下图是下一个包到达时设备里还剩多少声音。到零就断音；最下面是断音次数。',
      },
      atS: seconds.map(({ atS }) => atS),
      marks: shown,
      panels: [
        {
          unit: { en: 'devices', zh: '台设备' },
          shape: 'step',
          series: [
            { name: { en: 'person talks', zh: '人在说' }, values: seconds.map(({ talking }) => talking) },
            { name: { en: 'waits for the answer', zh: '在等回答' }, values: seconds.map(({ waiting }) => waiting) },
            { name: { en: 'answer sounds', zh: '在播放回答' }, values: seconds.map(({ playing }) => playing) },
          ],
        },
        {
          unit: 'ms',
          series: [
            {
              name: { en: 'least of all devices', zh: '各设备中最少的' },
              values: seconds.map(({ leadMinMs }) => leadMinMs ?? null),
            },
            {
              name: { en: 'middle of all devices', zh: '各设备的中位数' },
              values: seconds.map(({ leadMedianMs }) => leadMedianMs ?? null),
            },
          ],
        },
        {
          unit: { en: 'a second', zh: '每秒' },
          shape: 'step',
          atLeast: 1,
          series: [
            { name: { en: 'holes in the sound', zh: '断音' }, values: seconds.map(({ underruns }) => underruns) },
            { name: { en: 'failed turns', zh: '失败的对话' }, values: seconds.map(({ failed }) => failed) },
          ],
        },
      ],
    },
  ];
  if (observations.length > 1) {
    blocks.push({
      type: 'timeline',
      title: { en: 'Inside the server', zh: '服务器内部' },
      explanation: {
        en: 'Jobs that wait for a CPU slot should come and go; a queue that only grows is a server that cannot keep up.',
        zh: '等待 CPU 的任务应当有来有去；只增不减说明服务器跟不上。',
      },
      atS: observations.map(({ atS }) => atS),
      panels: [
        {
          unit: { en: 'jobs', zh: '任务' },
          shape: 'step',
          series: [
            { name: { en: 'waiting', zh: '排队' }, values: observations.map(({ queueDepth }) => queueDepth ?? null) },
            { name: { en: 'running', zh: '运行' }, values: observations.map(({ slotsBusy }) => slotsBusy ?? null) },
          ],
        },
        {
          unit: 'ms',
          bounds: [{ name: { en: 'too late', zh: '过迟' }, value: 20 }],
          series: [
            {
              name: { en: 'delay of the event loop (p99)', zh: '事件循环延迟（p99）' },
              values: observations.map(({ loopDelayP99Ms }) => loopDelayP99Ms ?? null),
            },
          ],
        },
      ],
    });
  }
  return blocks;
}

/** CPU and memory, process by process. */
export function processBlocks({ observations, machine, serviceLevel }: BenchResult): readonly Block[] {
  const names = [...new Set(observations.flatMap(({ processes }) => processes.map(({ name }) => name)))];
  if (names.length === 0 || observations.length < 2)
    return [
      {
        type: 'paragraph',
        text: { en: 'The server’s processes could not be seen from here.', zh: '从这里看不到服务器的进程。' },
      },
    ];
  const of = (
    name: string,
    value: (process: (typeof observations)[number]['processes'][number]) => number | undefined,
  ): (number | null)[] =>
    observations.map(({ processes }) => {
      const values = processes.filter((process) => process.name === name).map(value);
      return values.some((one) => one !== undefined) ? values.reduce<number>((sum, one) => sum + (one ?? 0), 0) : null;
    });
  return [
    {
      type: 'timeline',
      title: { en: 'CPU and memory, process by process', zh: '各进程的 CPU 和内存' },
      explanation: {
        en: 'main talks to devices, listening decodes and notices speech, asr recognises, speaking makes sound. Memory should be flat after the first minute.',
        zh: 'main 与设备通信，listening 解码并检测语音，asr 识别，speaking 生成声音。内存在第一分钟之后应当持平。',
      },
      atS: observations.map(({ atS }) => atS),
      panels: [
        {
          unit: { en: 'cores', zh: '核' },
          bounds: [
            {
              name: { en: 'target, all together', zh: '目标（合计）' },
              value: machine.usableCores * serviceLevel.cpuShare,
            },
          ],
          series: [
            { name: { en: 'all', zh: '合计' }, values: observations.map(({ serverCores }) => serverCores ?? null) },
            ...names.map((name) => ({ name, values: of(name, ({ cores }) => cores) })),
          ],
        },
        {
          unit: 'MB',
          series: [
            {
              name: { en: 'all', zh: '合计' },
              values: observations.map(({ serverBytes }) => (serverBytes === undefined ? null : serverBytes / MB)),
            },
            ...names.map((name) => ({
              name,
              values: of(name, ({ bytes }) => (bytes === undefined ? undefined : bytes / MB)),
            })),
          ],
        },
        {
          unit: '%',
          atLeast: 100,
          series: [
            {
              name: { en: 'whole machine, everybody on it', zh: '整台机器' },
              values: observations.map(({ machineCpuShare }) =>
                machineCpuShare === undefined ? null : machineCpuShare * 100,
              ),
            },
          ],
        },
      ],
    },
  ];
}
