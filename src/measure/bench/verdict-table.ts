import { displayWidth, padToWidth, type Bilingual, type UiLanguage } from '../../core/index.js';
import { kernelsText } from './kernels/kernels-text.js';
import { noNumber, reasonsOf, shownTargets } from './disturbed.js';
import type { BenchResult, CapacityStep } from './result.js';
import type { BenchTarget } from './service-level.js';
import { inLanguage, type Text } from '../report/index.js';
import { limitText, shortWords, TARGETS, valueText } from '../targets.js';

const VERDICT_WORDS = {
  holds: (devices: number): Text => ({
    en: `${devices} devices can talk at the same time, and everything is within its target.`,
    zh: `${devices} 台设备可以同时对话，所有目标都达到了。`,
  }),
  missed: (devices: number, targets: readonly string[]): Text => ({
    en: `With ${devices} devices talking, this was missed: ${missedText(targets, 'en')}.`,
    zh: `${devices} 台设备同时对话时，以下目标没有达到：${missedText(targets, 'zh')}。`,
  }),
  invalid: ({ en, zh }: Bilingual): Text => ({
    en: `Nothing can be said of the server: ${en}.`,
    zh: `对服务器不能下结论：${zh}。`,
  }),
  capacity: (devices: number, confirmed: boolean): Text => ({
    en:
      `This machine carries ${devices} talking ${devices === 1 ? 'device' : 'devices'} within the ` +
      `service level${confirmed ? '' : ' (not confirmed by a longer run)'}.`,
    zh: `在服务标准之内，这台机器可以承载 ${devices} 台同时对话的设备${confirmed ? '' : '（尚未经较长的测试确认）'}。`,
  }),
  noCapacity: { en: 'Not even one device was served within the service level.', zh: '连一台设备也达不到服务标准。' },
} as const;

const OUTCOME_WORDS: Readonly<Record<BenchTarget['outcome'], Bilingual>> = {
  holds: { en: 'holds', zh: '达到' },
  missed: { en: 'MISSED', zh: '未达到' },
  unknown: { en: 'cannot be said', zh: '不能下结论' },
};

/** A line of the table and how to paint it. */
export interface TableLine {
  readonly text: string;
  readonly outcome?: BenchTarget['outcome'];
}

/** The result in one sentence. */
export function verdictSentence(result: BenchResult): Text {
  const { verdict, options, capacity } = result;
  // When nothing could be measured, "not even one device" cannot be claimed.
  if (noNumber(result)) return VERDICT_WORDS.invalid(reasonsOf(verdict));
  if (capacity)
    return capacity.devices === 0
      ? VERDICT_WORDS.noCapacity
      : VERDICT_WORDS.capacity(capacity.devices, capacity.confirmed);
  if (verdict.outcome === 'holds') return VERDICT_WORDS.holds(options.devices);
  if (verdict.outcome === 'invalid') return VERDICT_WORDS.invalid(reasonsOf(verdict));
  return VERDICT_WORDS.missed(
    options.devices,
    verdict.targets.filter(({ outcome }) => outcome === 'missed').map(({ id }) => id),
  );
}

/** The verdict for a terminal: one line for each target, the cost of the kernels if measured, then the sentence. */
export function verdictLines(result: BenchResult, language: UiLanguage): readonly TableLine[] {
  const rows = shownTargets(result).map((target) => ({
    what: TARGETS[target.id].what[language],
    measured: valueText(target.id, target.measured)[language],
    bound: limitText(target.id, target.bound)[language],
    outcome: target.outcome,
  }));
  const kernels = kernelsText(result);
  const width = (of: (row: (typeof rows)[number]) => string): number =>
    Math.max(...rows.map((row) => displayWidth(of(row))));
  const widths = {
    what: width(({ what }) => what),
    measured: width(({ measured }) => measured),
    bound: width(({ bound }) => bound),
  };
  return [
    ...rows.map(({ what, measured, bound, outcome }) => ({
      text:
        `  ${padToWidth(what, widths.what)}  ${' '.repeat(widths.measured - displayWidth(measured))}${measured}  ` +
        `${padToWidth(bound, widths.bound)}  ${OUTCOME_WORDS[outcome][language]}`,
      outcome,
    })),
    ...(kernels ? [{ text: kernels[language] }] : []),
    { text: inLanguage(verdictSentence(result), language) },
  ];
}

/** A step of the search for the capacity, as a line. */
export function stepLine(step: CapacityStep, language: UiLanguage): string {
  const p95 = step.firstSoundP95Ms === undefined ? '–' : `${step.firstSoundP95Ms} ms`;
  const cpu = step.cpuShare === undefined ? '–' : `${Math.round(step.cpuShare * 100)} %`;
  const missed = missedText(step.missed, language);
  const { disturbed } = step;
  const outcome = {
    en: step.holds ? 'holds' : disturbed ? `cannot be said (${disturbed.en})` : `does not hold (${missed})`,
    zh: step.holds ? '达到标准' : disturbed ? `不能下结论（${disturbed.zh}）` : `未达到（${missed}）`,
  };
  const words = {
    en:
      `  ${step.devices} devices: ${outcome.en}; ${step.turns} turns in ` +
      `${step.durationS} s, first sound p95 ${p95}, CPU ${cpu}`,
    zh: `  ${step.devices} 台设备：${outcome.zh}；${step.durationS} 秒 ${step.turns} 次对话，第一声 p95 ${p95}，CPU ${cpu}`,
  };
  return words[language];
}

/** Names of targets. A reason that is not a target is shown as it is. */
export function missedText(ids: readonly string[], language: UiLanguage): string {
  return ids.map((id) => inLanguage(shortWords(id), language)).join(language === 'zh' ? '、' : ', ');
}
