import { bilingualWords } from '../../../core/index.js';

const en = {
  tooShort: {
    sentence: 'It was too short to see anything, so nothing can be said of the server.',
    meaning: 'Measure again for longer (`--duration`).',
  },
  seeAdvice: 'What to do about it stands below the table of targets.',
  disturbed: {
    sentence: (reasons: string) =>
      `The simulated devices were disturbed themselves, so nothing can be said of the server: ${reasons}.`,
    meaning:
      'Measure again while the machine is quieter, with fewer simulated devices, for longer, ' +
      'or from another machine (`--url`).',
  },
  answered: (turns: number, devices: number, half: string, worst: string) =>
    `${turns} ${turns === 1 ? 'turn' : 'turns'} on ${devices} ` +
    `${devices === 1 ? 'device' : 'devices'}: half of the answers began within ${half} ` +
    `after the last word, the slowest after ${worst}, and none broke off.`,
  nobodyTalked: {
    real:
      'Nobody talked meanwhile. `--mode both` lets simulated devices talk, ' +
      'and `--mode monitor` sees real ones that do.',
    simulated: 'Nobody talked meanwhile.',
  },
  endedEarly: ' The measurement was ended early.',
  notJudged: (count: number) => ` ${count} could not be judged; the table says why.`,
  met: (count: number, open: string, cut: string) => `All ${count} targets that could be judged were met.${open}${cut}`,
  missedTarget: (what: string, measured: string, target: string) => `${what}: ${measured} (target: ${target})`,
  missed: (count: number, all: number, named: readonly string[], cut: string) =>
    `${count} of ${all} targets ${count === 1 ? 'was' : 'were'} missed. ${named.join('; ')}.${cut}`,
};

const zh: typeof en = {
  tooShort: {
    sentence: '时间太短，什么也没测到，因此不能对服务器下结论。',
    meaning: '请延长时间（`--duration`）再测一次。',
  },
  seeAdvice: '怎么办，见目标表下方。',
  disturbed: {
    sentence: (reasons) => `模拟设备自身受到了干扰，因此不能对服务器下结论：${reasons}。`,
    meaning: '请等机器空闲些、减少模拟设备、延长时间，或从另一台机器（`--url`）再测一次。',
  },
  answered: (turns, devices, half, worst) =>
    `${devices} 台设备共 ${turns} 轮：一半的回答在说完后 ${half}内开始，最慢 ${worst}，没有一次中断。`,
  nobodyTalked: {
    real: '其间没有人说话。`--mode both` 会让模拟设备说话；真实设备说话时用 `--mode monitor` 也能看到。',
    simulated: '其间没有人说话。',
  },
  endedEarly: '测量提前结束了。',
  notJudged: (count) => `有 ${count} 个无法判断，原因见表。`,
  met: (count, open, cut) => `能判断的 ${count} 个目标都达到了。${open}${cut}`,
  missedTarget: (what, measured, target) => `${what}：${measured}（目标：${target}）`,
  missed: (count, all, named, cut) => `${all} 个目标中有 ${count} 个没有达到。${named.join('；')}。${cut}`,
};

export const verdictWords = bilingualWords({ en, zh });
