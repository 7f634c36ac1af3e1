import { bilingualWords } from '../../../core/index.js';

interface Step {
  readonly devices: number;
  readonly turns: number;
  readonly durationS: number;
  readonly p95: string;
  readonly cpu: string;
}

const en = {
  holds: (devices: number) => `${devices} devices can talk at the same time, and everything is within its target.`,
  missed: (devices: number, targets: readonly string[]) =>
    `With ${devices} devices talking, this was missed: ${targets.join(', ')}.`,
  invalid: (reasons: string) => `Nothing can be said of the server: ${reasons}.`,
  capacity: (devices: number, confirmed: boolean) =>
    `This machine carries ${devices} talking ${devices === 1 ? 'device' : 'devices'} within the ` +
    `service level${confirmed ? '' : ' (not confirmed by a longer run)'}.`,
  noCapacity: 'Not even one device was served within the service level.',
  outcomes: { holds: 'holds', missed: 'MISSED', unknown: 'cannot be said' },
  step: {
    holds: 'holds',
    cannotSay: (reason: string) => `cannot be said (${reason})`,
    missed: (targets: readonly string[]) => `does not hold (${targets.join(', ')})`,
    line: ({ devices, turns, durationS, p95, cpu }: Step, outcome: string) =>
      `${devices} devices: ${outcome}; ${turns} turns in ${durationS} s, first sound p95 ${p95}, CPU ${cpu}`,
  },
};

const zh: typeof en = {
  holds: (devices) => `${devices} 台设备可以同时对话，所有目标都达到了。`,
  missed: (devices, targets) => `${devices} 台设备同时对话时，以下目标没有达到：${targets.join('、')}。`,
  invalid: (reasons) => `对服务器不能下结论：${reasons}。`,
  capacity: (devices, confirmed) =>
    `在服务标准之内，这台机器可以承载 ${devices} 台同时对话的设备${confirmed ? '' : '（尚未经较长的测试确认）'}。`,
  noCapacity: '连一台设备也达不到服务标准。',
  outcomes: { holds: '达到', missed: '未达到', unknown: '不能下结论' },
  step: {
    holds: '达到标准',
    cannotSay: (reason) => `不能下结论（${reason}）`,
    missed: (targets) => `未达到（${targets.join('、')}）`,
    line: ({ devices, turns, durationS, p95, cpu }, outcome) =>
      `${devices} 台设备：${outcome}；${durationS} 秒 ${turns} 次对话，第一声 p95 ${p95}，CPU ${cpu}`,
  },
};

export const verdictWords = bilingualWords({ en, zh });
