import type { Bilingual } from '../../core/index.js';
import { inLanguage, type Text, type Verdict } from '../report/index.js';
import { listed, outcomeOfRun, reasonsOfFleet } from '../verdict.js';
import type { Figures } from './figures.js';
import type { Observation } from './observation.js';
import { inSeconds } from '../quantities.js';
import type { TargetResult } from './targets.js';

const SHOWN_TARGETS = 3;

/** The result in words. `invalid`: the simulated devices were the bottleneck, so nothing is known about the server. */
export function verdictOf(
  { fleet, interrupted }: Observation,
  figures: Figures,
  targets: readonly TargetResult[],
): Verdict {
  const reasons = fleet && !interrupted ? reasonsOfFleet(fleet) : [];
  const outcome = outcomeOfRun(reasons, targets);
  if (outcome === 'invalid') return invalid(listed(reasons));
  const missed = targets.filter(({ outcome }) => outcome === 'missed');
  const judged = targets.filter(({ outcome }) => outcome !== 'unknown');
  if (outcome === undefined) {
    return {
      outcome: 'invalid',
      sentence: {
        en: 'It was too short to see anything, so nothing can be said of the server.',
        zh: '时间太短，什么也没测到，因此不能对服务器下结论。',
      },
      meaning: { en: 'Measure again for longer (`--duration`).', zh: '请延长时间（`--duration`）再测一次。' },
    };
  }
  const cut: Text = interrupted
    ? { en: ' The measurement was ended early.', zh: '测量提前结束了。' }
    : { en: '', zh: '' };
  if (outcome === 'holds') {
    const unknown = targets.length - judged.length;
    const open: Text =
      unknown === 0
        ? { en: '', zh: '' }
        : { en: ` ${unknown} could not be judged; the table says why.`, zh: `有 ${unknown} 个无法判断，原因见表。` };
    return {
      outcome: 'holds',
      sentence: {
        en: `All ${judged.length} targets that could be judged were met.${open.en}${cut.en}`,
        zh: `能判断的 ${judged.length} 个目标都达到了。${open.zh}${cut.zh}`,
      },
      meaning: goodNews(figures, fleet !== undefined),
    };
  }
  const named = (language: 'en' | 'zh'): string =>
    missed
      .slice(0, SHOWN_TARGETS)
      .map(({ what, measured, bound }) =>
        language === 'en'
          ? `${inLanguage(what, 'en')}: ${inLanguage(measured, 'en')} (target: ${inLanguage(bound, 'en')})`
          : `${inLanguage(what, 'zh')}：${inLanguage(measured, 'zh')}（目标：${inLanguage(bound, 'zh')}）`,
      )
      .join(language === 'en' ? '; ' : '；');
  return {
    outcome: 'missed',
    sentence: {
      en:
        `${missed.length} of ${targets.length} targets ` +
        `${missed.length === 1 ? 'was' : 'were'} missed. ${named('en')}.${cut.en}`,
      zh: `${targets.length} 个目标中有 ${missed.length} 个没有达到。${named('zh')}。${cut.zh}`,
    },
    meaning: { en: 'What to do about it stands below the table of targets.', zh: '怎么办，见目标表下方。' },
  };
}

function invalid(all: Bilingual): Verdict {
  return {
    outcome: 'invalid',
    sentence: {
      en: `The simulated devices were disturbed themselves, so nothing can be said of the server: ${all.en}.`,
      zh: `模拟设备自身受到了干扰，因此不能对服务器下结论：${all.zh}。`,
    },
    meaning: {
      en:
        'Measure again while the machine is quieter, with fewer simulated devices, for longer, ' +
        'or from another machine (`--url`).',
      zh: '请等机器空闲些、减少模拟设备、延长时间，或从另一台机器（`--url`）再测一次。',
    },
  };
}

/** A good result in words: the wait for answers if somebody talked. */
function goodNews({ answers, machine }: Figures, simulated: boolean): Text {
  const { firstSound, turns, devices } = answers;
  if (firstSound.kind !== 'none') {
    const half = inSeconds(firstSound.median);
    const worst = inSeconds(firstSound.max);
    return {
      en:
        `${turns} ${turns === 1 ? 'turn' : 'turns'} on ${devices} ` +
        `${devices === 1 ? 'device' : 'devices'}: half of the answers began within ${half.en} ` +
        `after the last word, the slowest after ${worst.en}, and none broke off.`,
      zh: `${devices} 台设备共 ${turns} 轮：一半的回答在说完后 ${half.zh}内开始，最慢 ${worst.zh}，没有一次中断。`,
    };
  }
  return machine && !simulated
    ? {
        en:
          'Nobody talked meanwhile. `--mode both` lets simulated devices talk, ' +
          'and `--mode monitor` sees real ones that do.',
        zh: '其间没有人说话。`--mode both` 会让模拟设备说话；真实设备说话时用 `--mode monitor` 也能看到。',
      }
    : { en: 'Nobody talked meanwhile.', zh: '其间没有人说话。' };
}
