import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Memory of the server over the reports of `chorus monitor` in the data folder',
  issues: {
    memory: {
      title: 'The memory of the server grows from report to report.',
      cause: 'More devices or another model, or something that is not given back.',
      remedy:
        'If neither devices nor models became more, send a bundle (`chorus doctor --bundle FILE`); ' +
        'until then restart it with `chorus drain`, which cuts nobody off.',
    },
  },
  tooFew: 'not enough reports of one server yet',
  grows: (name: string, fromMb: number, toMb: number, hours: number, reports: number) =>
    `\`${name}\`: ${fromMb} to ${toMb} MB within ${hours} h (${reports} reports).`,
  flat: (reports: number) => `flat over ${reports} reports`,
};

const zh: typeof en = {
  about: '数据文件夹里 `chorus monitor` 各份报告中的服务器内存',
  issues: {
    memory: {
      title: '服务器的内存一份报告比一份报告高。',
      cause: '设备多了、换了模型，或有内存没有释放。',
      remedy:
        '如果设备和模型都没有增加，请附上 `chorus doctor --bundle 文件` 报告；在那之前可用 `chorus drain` 重启，不会打断任何人。',
    },
  },
  tooFew: '同一服务器的报告还不够',
  grows: (name, fromMb, toMb, hours, reports) =>
    `\`${name}\`：${hours} 小时内从 ${fromMb} 到 ${toMb} MB（${reports} 份报告）。`,
  flat: (reports) => `${reports} 份报告中保持平稳`,
};

export const growthWords = bilingualWords({ en, zh });
