import type { InvalidReason } from './run-result.js';

const WORDS: Readonly<Record<InvalidReason['what'], string>> = {
  send_lateness: '模拟设备发送声音太迟（99 百分位）',
  loop_delay: '模拟设备的进程反应太慢（事件循环，99 百分位）',
  loop_utilisation: '模拟设备的进程一直满载',
  standstill: '模拟设备的进程停顿过',
  worker_failed: '模拟设备的进程失败了',
  interrupted: '测量被中断',
  not_restarted: '服务器没有重启',
};

export function invalidReasonInChinese({ what, measured, limit }: InvalidReason): string {
  if (measured === undefined || limit === undefined) return WORDS[what];
  const unit = what === 'loop_utilisation' ? '' : ' 毫秒';
  return `${WORDS[what]}：${measured}${unit}，上限 ${limit}${unit}`;
}
