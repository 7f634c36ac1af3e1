import { bilingualWords } from '../../core/index.js';

const en = {
  thanks: 'All right, thank you.',
  asksAlready: 'the device asks something already',
  zeroSeconds: '0 seconds',
};

const zh: typeof en = { thanks: '好的，收到。', asksAlready: '设备正在问另一个问题', zeroSeconds: '零秒' };

export const noticeWords = bilingualWords({ en, zh });
