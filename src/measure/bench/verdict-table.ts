import { alignedRows, type UiLanguage } from '../../core/index.js';
import { kernelsText } from './kernels/kernels-text.js';
import { noNumber, reasonsOf, shownTargets } from './disturbed.js';
import type { BenchResult, CapacityStep } from './result.js';
import type { BenchTarget } from './service-level.js';
import { inLanguage, type Text } from '../report/index.js';
import { limitText, shortWords, TARGETS, valueText } from '../targets.js';
import { verdictWords } from './words/verdict.js';

export interface TableLine {
  readonly text: string;
  readonly outcome?: BenchTarget['outcome'];
}

export function verdictSentence(result: BenchResult): Text {
  const { verdict, options, capacity } = result;
  // If nothing could be measured, the sentence must not claim "not even one device".
  if (noNumber(result)) return verdictWords.invalid(reasonsOf(verdict));
  if (capacity)
    return capacity.devices === 0
      ? verdictWords.noCapacity
      : verdictWords.capacity(capacity.devices, capacity.confirmed);
  if (verdict.outcome === 'holds') return verdictWords.holds(options.devices);
  if (verdict.outcome === 'invalid') return verdictWords.invalid(reasonsOf(verdict));
  return verdictWords.missed(
    options.devices,
    verdict.targets.filter(({ outcome }) => outcome === 'missed').map(({ id }) => shortWords(id)),
  );
}

/** The verdict as lines for a terminal. */
export function verdictLines(result: BenchResult, language: UiLanguage): readonly TableLine[] {
  const targets = shownTargets(result);
  const rows = targets.map(({ id, measured, bound, outcome }) => [
    TARGETS[id].what[language],
    valueText(id, measured)[language],
    limitText(id, bound)[language],
    verdictWords.outcomes[outcome][language],
  ]);
  const lines = alignedRows(rows, { right: [1] });
  const kernels = kernelsText(result);
  return [
    ...targets.map(({ outcome }, row) => ({ text: `  ${lines[row]}`, outcome })),
    ...(kernels ? [{ text: kernels[language] }] : []),
    { text: inLanguage(verdictSentence(result), language) },
  ];
}

export function stepLine(step: CapacityStep, language: UiLanguage): string {
  const p95 = step.firstSoundP95Ms === undefined ? '–' : `${step.firstSoundP95Ms} ms`;
  const cpu = step.cpuShare === undefined ? '–' : `${Math.round(step.cpuShare * 100)} %`;
  const outcome = step.holds
    ? verdictWords.step.holds
    : step.disturbed
      ? verdictWords.step.cannotSay(step.disturbed)
      : verdictWords.step.missed(step.missed.map(shortWords));
  const line = verdictWords.step.line({ ...step, p95, cpu }, outcome);
  return `  ${line[language]}`;
}
