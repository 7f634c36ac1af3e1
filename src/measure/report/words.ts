import { bilingualWords } from '../../core/index.js';

const en = {
  nothing: 'Nothing was measured here.',
  time: 'time',
  count: 'count',
  footer: 'This page is complete in itself: it fetches nothing and can be sent to others as one file.',
  verdicts: {
    holds: 'Good: everything is within its target',
    missed: 'Not good: not every target was met',
    invalid: 'No verdict: this measurement cannot be used',
  },
  outcomes: { holds: 'met', missed: 'missed', unknown: 'cannot be said' },
  titles: {
    targets: 'Targets',
    targetsAbout: 'What was promised, and what was measured.',
    what: 'What',
    measured: 'Measured',
    bound: 'Target',
    result: 'Result',
    advice: 'What to do',
    machine: 'Measured on',
    again: 'The same again',
  },
};

const zh: typeof en = {
  nothing: '这里没有测到数据。',
  time: '时间',
  count: '次数',
  footer: '这个页面不需要网络，就是一个完整的文件，可以直接发给别人。',
  verdicts: {
    holds: '良好：所有目标都达到了',
    missed: '未达标：有目标没有达到',
    invalid: '没有结论：这次测量不能作数',
  },
  outcomes: { holds: '达到', missed: '未达到', unknown: '不能下结论' },
  titles: {
    targets: '目标',
    targetsAbout: '应当达到的，和实际测到的。',
    what: '项目',
    measured: '实测',
    bound: '目标',
    result: '结果',
    advice: '怎么办',
    machine: '测量环境',
    again: '再测一次',
  },
};

export const reportWords = bilingualWords({ en, zh });
