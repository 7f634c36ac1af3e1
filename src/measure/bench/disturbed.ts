import type { Bilingual } from '../../core/index.js';
import type { Advice, Text } from '../report/index.js';
import type { BenchResult } from './result.js';
import { type BenchTarget, isTooFew } from './service-level.js';

/**
 * Whether the run says nothing: the bench was disturbed, was its own bottleneck, or saw too little. A run that ended
 * early because it had certainly missed its targets does say something.
 */
export function saysNothing({ verdict, fleet }: Pick<BenchResult, 'verdict' | 'fleet'>): boolean {
  if (verdict.outcome !== 'invalid') return false;
  return fleet.reasons.some(({ what }) => what !== 'interrupted') || verdict.reasons.length > fleet.reasons.length;
}

/** Whether no number of devices can be named, not even 0. */
export function noNumber(result: BenchResult): boolean {
  return (
    result.capacity?.devices === 0 &&
    result.verdict.outcome === 'invalid' &&
    (saysNothing(result) || !result.verdict.targets.some(({ outcome }) => outcome === 'missed'))
  );
}

/** Whether the run says nothing for or against the server. Too few turns do not invalidate the rest. */
export function isDisturbed(result: BenchResult): boolean {
  const { verdict, capacity } = result;
  if (verdict.outcome !== 'invalid' || verdict.reasons.every(isTooFew)) return false;
  return !capacity || saysNothing(result);
}

/** The targets to show. Those of a disturbed run are unknown. */
export function shownTargets(result: BenchResult): readonly BenchTarget[] {
  const { targets } = result.verdict;
  return isDisturbed(result) ? targets.map((target) => ({ ...target, outcome: 'unknown' as const })) : targets;
}

/** Reasons why nothing can be said, in both languages. Results of earlier versions have English only. */
export function reasonsOf({ reasons, reasonsZh = reasons }: BenchResult['verdict']): Bilingual {
  return { en: reasons.join('; '), zh: reasonsZh.join('；') };
}

const REMEDIES: readonly Text[] = [
  {
    en: 'Close other programs on this machine (`top` shows them), or measure at another hour.',
    zh: '关掉本机上的其他程序（用 `top` 查看），或换个时间再测。',
  },
  {
    en:
      'Measure with fewer devices, or let the server run on another machine (`--url`): ' +
      'the simulated devices need CPU as well.',
    zh: '减少设备数，或让服务器运行在另一台机器上（`--url`）：模拟设备也要占用 CPU。',
  },
];

/** Advice on a disturbed run. There is none about the server, which could not be judged. */
export function disturbanceAdvice({ verdict, fleet }: BenchResult): Advice {
  const { en, zh } = reasonsOf(verdict);
  const interrupted =
    fleet.reasons.length === verdict.reasons.length && fleet.reasons.every(({ what }) => what === 'interrupted');
  return {
    found: { en: `The measurement cannot be used: ${en}.`, zh: `这次测量不能作数：${zh}。` },
    remedies: interrupted ? [{ en: 'Let it run to its end.', zh: '请让测试运行到结束。' }] : REMEDIES,
  };
}
