import { bilingualWords } from '../../../core/index.js';

const en = {
  about: 'Clock: the year, and the difference to the Date of a configured service',
  issues: {
    year: {
      title: 'The clock of this machine is years off.',
      cause: 'A board without a battery that has not set its clock over the network yet.',
    },
    skew: {
      title: 'The clock of this machine is wrong.',
      cause:
        'It is not set over the network. Devices take their time from the server; ' +
        'services refuse requests, and certificates look invalid, when it is minutes off.',
    },
  },
  setClock: '`timedatectl set-ntp true`, or set it with `date -s`. In a container the clock is that of the host.',
  says: (now: string) => `It says ${now}.`,
  differs: (seconds: number, skewMs: number, otherHost: string) =>
    `It is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} ${otherHost}.`,
  agrees: (now: string, otherHost: string) => `${now}, as ${otherHost} says`,
};

const zh: typeof en = {
  about: '时钟：年份，以及与所配置服务的 Date 之差',
  issues: {
    year: { title: '这台机器的时钟差了好几年。', cause: '没有电池的板子，还没有通过网络校时。' },
    skew: {
      title: '这台机器的时钟不准。',
      cause: '没有通过网络校时。设备的时间来自服务器；差上几分钟，服务会拒绝请求，证书看起来也无效。',
    },
  },
  setClock: '`timedatectl set-ntp true`，或手动设置（`date -s`）。容器的时钟就是宿主的时钟。',
  says: (now) => `它显示 ${now}。`,
  differs: (seconds, skewMs, otherHost) => `比 ${otherHost} ${skewMs > 0 ? '快' : '慢'} ${seconds} 秒。`,
  agrees: (now, otherHost) => `${now}，与 ${otherHost} 一致`,
};

export const clockWords = bilingualWords({ en, zh });
