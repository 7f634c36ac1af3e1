import type { Bilingual } from '../../../core/index.js';
import { OUTCOME_WORDS, type FleetOutcome, type FleetResult } from '../../fleet/index.js';
import type { Advice, Fact, ReportDocument, Section, Target, Text } from '../../report/index.js';
import { COMPARED_TITLE, COMPARED_WORDS, changeText, comparedValue, ratioText } from '../compare/compare-text.js';
import type { Comparison } from '../compare/compare.js';
import { COST_MODEL } from '../cost-model/index.js';
import { isSteady } from '../kernels/baseline.js';
import { disturbanceAdvice, isDisturbed, noNumber, shownTargets } from '../disturbed.js';
import type { BenchResult, Kernels } from '../result.js';
import type { BenchTarget } from '../service-level.js';
import { limitText, TARGETS, valueText } from '../../targets.js';
import { missedText, verdictSentence } from '../verdict-table.js';
import { answerBlocks, loadBlocks, processBlocks } from './charts.js';
import { kernelSection } from './kernel-section.js';

/** The result as a page for readers who have never seen one. */
export function benchDocument(
  result: BenchResult,
  comparison: Comparison | undefined,
  generatedAtWallMs: number,
): ReportDocument {
  return {
    title: result.capacity
      ? { en: 'How many devices this machine carries', zh: '这台机器能承载多少台设备' }
      : { en: 'How the server does under load', zh: '服务器在负载下的表现' },
    about: aboutOf(result),
    generatedAtWallMs,
    producer: `xiaozhi-chorus ${result.chorus}`,
    command: result.command,
    verdict: {
      outcome: !result.capacity
        ? result.verdict.outcome
        : result.capacity.devices > 0
          ? 'holds'
          : noNumber(result)
            ? 'invalid'
            : 'missed',
      sentence: verdictSentence(result),
      meaning: meaningOf(result),
    },
    targets: shownTargets(result).map((target) => targetOf(target, isDisturbed(result))),
    advice: adviceOf(result),
    machine: factsOf(result),
    sections: [
      ...capacitySection(result),
      ...(comparison ? [comparisonSection(comparison)] : []),
      { title: { en: 'How long people waited', zh: '人们等了多久' }, blocks: answerBlocks(result) },
      { title: { en: 'What went on meanwhile', zh: '期间发生了什么' }, blocks: loadBlocks(result) },
      { title: { en: 'What it cost', zh: '用了多少资源' }, blocks: processBlocks(result) },
      ...kernelSection(result),
      detailSection(result),
    ],
  };
}

function aboutOf({ options, fleet, capacity }: BenchResult): Text {
  const model: Text =
    options.asrModel === COST_MODEL
      ? {
          en: 'a model that costs what SenseVoice costs and understands nothing',
          zh: '运算量与 SenseVoice 相同、但听不懂话的模型',
        }
      : { en: options.asrModel, zh: options.asrModel };
  const llm: Text =
    options.llm === 'stand-in'
      ? { en: 'a stand-in for the language model', zh: '大模型的替身' }
      : { en: 'the offline assistant', zh: '离线助手' };
  const turns = fleet.totals.turns;
  return {
    en:
      `${options.devices} simulated devices, with recordings of a person, talked to a server for ` +
      `${Math.round(options.durationS)} s (scenario ${options.scenario}, ${turns} turns). Recognition: ` +
      `${model.en}; answers: ${llm.en}; voice: ` +
      `${options.tts}.${capacity ? ' This is the run that confirms the number.' : ''}`,
    zh:
      `${options.devices} 台模拟设备用真人录音与服务器对话 ${Math.round(options.durationS)} 秒（场景 ${options.scenario}，共 ${turns} ` +
      `次）。语音识别：${model.zh}；回答：${llm.zh}；语音合成：${options.tts}。${capacity ? '这是确认该数目的一次测试。' : ''}`,
  };
}

function meaningOf(result: BenchResult): Text {
  const { verdict, llmOwn, kernels } = result;
  const own = Math.round(llmOwn.medianMs);
  const kernel = kernels && isSteady(kernels) ? allowedBy(kernels) : { en: '', zh: '' };
  if (isDisturbed(result))
    return {
      en: 'Measure again on a quieter machine. The figures below are shown, but not judged.',
      zh: '请在更空闲的机器上再测一次。下面的数字仅供参考，不作判断。',
    };
  if (verdict.outcome === 'invalid')
    return { en: 'Measure again for longer, or with more devices.', zh: '请用更长时间或更多设备再测一次。' };
  return {
    en:
      `The language model’s own time (here ${own} ms to its first sentence) is not counted ` +
      `against the server; people wait for both.${kernel.en}`,
    zh: `大模型自己的时间（这里到第一句为 ${own} 毫秒）没有算在服务器头上，但人们要等两者之和。${kernel.zh}`,
  };
}

function allowedBy({ devicesOnTheseCores: all, devicesBesideTheBench: beside }: Kernels): Bilingual {
  const [en, zh] =
    beside === undefined
      ? ['', '']
      : [
          `, ${Math.floor(beside)} beside the fleet and the stand-ins`,
          `，与模拟设备和替身同机时为 ${Math.floor(beside)} 台`,
        ];
  return {
    en: ` The bare kernels alone would allow ${Math.floor(all)} devices on these cores${en}.`,
    zh: `仅裸核运算，这些核心可容纳 ${Math.floor(all)} 台设备${zh}。`,
  };
}

function targetOf(target: BenchTarget, disturbed: boolean): Target {
  return {
    what: TARGETS[target.id].what,
    measured: valueText(target.id, target.measured),
    bound: limitText(target.id, target.bound),
    outcome: target.outcome,
    ...(target.outcome === 'unknown' &&
      !disturbed && {
        note: { en: 'not measured, or from too few turns (200 are needed)', zh: '未测量，或对话太少（需要 200 次）' },
      }),
  };
}

function adviceOf(result: BenchResult): readonly Advice[] {
  if (isDisturbed(result)) return [disturbanceAdvice(result)];
  const { verdict, server } = result;
  const missed = new Set(verdict.targets.filter(({ outcome }) => outcome === 'missed').map(({ id }) => id));
  const advice: Advice[] = [];
  if (missed.has('cpu') || missed.has('first_sound_p95') || missed.has('underruns')) {
    advice.push({
      found: {
        en: 'More devices talked than this machine serves well.',
        zh: '同时对话的设备超过了这台机器能良好服务的数目。',
      },
      remedies: [
        {
          en: 'Let `chorus bench --find-capacity` find the number, and set `max_concurrent_sessions` to it.',
          zh: '用 `chorus bench --find-capacity` 找出数目，并设为 `max_concurrent_sessions`。',
        },
        {
          en: 'Choose a smaller recognition model, or give the server more cores.',
          zh: '选用更小的识别模型，或给服务器更多核心。',
        },
      ],
    });
  }
  if (missed.has('rejected_turns')) {
    advice.push({
      found: {
        en: 'Devices were turned away because the server thought it was full.',
        zh: '服务器认为已满，拒绝了部分设备。',
      },
      remedies: [
        {
          en: 'Raise `max_concurrent_sessions` if the other targets hold.',
          zh: '如果其他目标都达到，可调高 `max_concurrent_sessions`。',
        },
      ],
    });
  }
  if (server.complaints.length > 0) {
    advice.push({
      found: {
        en:
          server.complaints.length === 1
            ? 'The server logged a warning or an error.'
            : `The server logged ${server.complaints.length} warnings or errors.`,
        zh: `服务器记录了 ${server.complaints.length} 条警告或错误。`,
      },
      remedies: [{ en: 'They stand in the details at the end.', zh: '见文末的细节。' }],
    });
  }
  return advice;
}

function factsOf({ machine, options, chorus }: BenchResult): readonly Fact[] {
  return [
    { name: { en: 'CPU', zh: 'CPU' }, value: machine.cpu },
    { name: { en: 'Cores (usable)', zh: '核数（可用）' }, value: `${machine.cores} (${machine.usableCores})` },
    {
      name: { en: 'Memory (limit)', zh: '内存（上限）' },
      value: `${machine.memoryGb} GB (${(machine.memoryLimitBytes / 2 ** 30).toFixed(1)} GB)`,
    },
    { name: 'VNNI', value: machine.vnni ? { en: 'yes', zh: '有' } : { en: 'no', zh: '无' } },
    { name: { en: 'System', zh: '系统' }, value: machine.os },
    { name: 'Node.js', value: machine.node },
    { name: 'Chorus', value: chorus },
    { name: { en: 'Recognition', zh: '语音识别' }, value: options.asrModel },
    { name: { en: 'Packets a device holds', zh: '设备可存放的包数' }, value: options.queues.join(', ') },
    { name: { en: 'Seed', zh: '种子' }, value: String(options.seed) },
  ];
}

function capacitySection({ capacity }: BenchResult): readonly Section[] {
  if (!capacity) return [];
  return [
    {
      title: { en: 'How the number was found', zh: '数目是怎样找到的' },
      blocks: [
        {
          type: 'table',
          columns: [
            { title: { en: 'devices', zh: '设备数' }, align: 'end' },
            { title: { en: 'run', zh: '测试' } },
            { title: { en: 'turns', zh: '对话' }, align: 'end' },
            { title: { en: 'first sound, 95 of 100', zh: '第一声 p95' }, align: 'end' },
            { title: 'CPU', align: 'end' },
            { title: { en: 'result', zh: '结果' } },
          ],
          rows: capacity.steps.map((step) => [
            String(step.devices),
            {
              probe: { en: 'short', zh: '短' },
              confirm: { en: 'long, to confirm', zh: '长，确认' },
              refute: { en: 'long, must fail', zh: '长，应当失败' },
            }[step.kind],
            String(step.turns),
            step.firstSoundP95Ms === undefined ? '–' : `${step.firstSoundP95Ms} ms`,
            step.cpuShare === undefined ? '–' : `${Math.round(step.cpuShare * 100)} %`,
            step.holds
              ? { en: 'holds', zh: '达到' }
              : step.disturbed
                ? { en: `cannot be said: ${step.disturbed.en}`, zh: `不能下结论：${step.disturbed.zh}` }
                : { en: `missed: ${missedText(step.missed, 'en')}`, zh: `未达到：${missedText(step.missed, 'zh')}` },
          ]),
        },
      ],
    },
  ];
}

function comparisonSection({ rows, differences }: Comparison): Section {
  return {
    title: { en: 'Against the earlier result', zh: '与先前结果的比较' },
    blocks: [
      { type: 'paragraph', text: COMPARED_TITLE },
      {
        type: 'table',
        columns: [
          { title: { en: 'what', zh: '项目' } },
          { title: { en: 'before', zh: '先前' }, align: 'end' },
          { title: { en: 'now', zh: '现在' }, align: 'end' },
          { title: { en: 'ratio', zh: '比值' }, align: 'end' },
          { title: { en: 'change', zh: '变化' } },
        ],
        rows: rows.map((row) => [
          COMPARED_WORDS[row.id],
          comparedValue(row.id, row.base),
          comparedValue(row.id, row.now),
          ratioText(row),
          { en: changeText(row, 'en'), zh: changeText(row, 'zh') },
        ]),
      },
      ...(differences.length === 0
        ? []
        : [
            {
              type: 'paragraph' as const,
              text: {
                en: `Careful, the two were not measured alike: ${differences.join('; ')}.`,
                zh: `注意，两次测量的条件不同：${differences.join('；')}。`,
              },
            },
          ]),
    ],
  };
}

function detailSection({ options, server, standIns, fleet, llmOwn }: BenchResult): Section {
  const rows: (readonly Text[])[] = [
    [{ en: 'settings of the server', zh: '服务器的配置' }, options.settings.join(' ')],
    [{ en: 'outcomes of turns', zh: '对话的结局' }, outcomesText(fleet)],
    [
      { en: 'language model: requests, failed, own time p50 and p95', zh: '大模型：请求、失败、自身耗时 p50 与 p95' },
      `${llmOwn.requests}, ${llmOwn.failed}, ${Math.round(llmOwn.medianMs)} ms, ${Math.round(llmOwn.p95Ms)} ms`,
    ],
    [
      {
        en: 'the fleet itself: workers, cores, packets late (p99 of the loop)',
        zh: '测试端自身：进程数、核、事件循环延迟 p99',
      },
      `${fleet.own.workers}, ${fleet.own.cpuCores.toFixed(2)}, ${fleet.own.loopDelayP99Ms.toFixed(0)} ms`,
    ],
    ...(standIns
      ? [
          [
            { en: 'the stand-ins themselves: cores, late (p99)', zh: '替身自身：核、延迟 p99' },
            `${standIns.cores.toFixed(3)}, ${standIns.lateness.p99Ms.toFixed(0)} ms`,
          ],
        ]
      : []),
    ...(server.readyMs === undefined
      ? []
      : [[{ en: 'server ready after start', zh: '服务器启动到就绪' }, `${(server.readyMs / 1000).toFixed(1)} s`]]),
  ];
  return {
    title: { en: 'Details', zh: '细节' },
    folded: true,
    blocks: [
      { type: 'table', columns: [{ title: { en: 'what', zh: '项目' } }, { title: { en: 'value', zh: '值' } }], rows },
      ...(server.complaints.length === 0
        ? []
        : [
            {
              type: 'table' as const,
              caption: { en: 'Warnings and errors of the server', zh: '服务器的警告和错误' },
              columns: [{ title: { en: 'line of the log', zh: '日志' } }],
              rows: server.complaints.map((line) => [line]),
            },
          ]),
    ],
  };
}

function outcomesText({ totals }: FleetResult): Text {
  const counts = Object.entries(totals.outcomes) as [FleetOutcome, number][];
  return {
    en: counts.map(([outcome, count]) => `${OUTCOME_WORDS[outcome].en} ${count}`).join(', '),
    zh: counts.map(([outcome, count]) => `${OUTCOME_WORDS[outcome].zh} ${count}`).join('，'),
  };
}
