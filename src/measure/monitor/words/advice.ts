import { bilingualWords } from '../../../core/index.js';

const en = {
  unanswered: (unanswered: number, asked: number) => `The server did not answer ${unanswered} of ${asked} times.`,
  absent: (absent: number, devices: number, errorCount: number, errors: readonly string[]) =>
    `${absent} of ${devices} simulated devices were never let ` +
    `in${errorCount > 0 ? `: ${errors.join('; ')}` : ''}.`,
  connections: (most: number, limit: number) =>
    `${most} of the ${limit} device connections that the server accepts were in use.`,
  others: (share: string) => `Other programs than the server used ${share} of the CPU.`,
  disturbed: 'The simulated devices did not get the CPU in time, or too little was seen.',
  stolen: (share: string) => `The host of this virtual machine gave ${share} of the CPU to others (steal).`,
  throttled: (share: string) => `The container's CPU limit stopped it in ${share} of all periods.`,
  cpuBusy: (share: string) => `The CPU was busy ${share} of the time.`,
  serverCores: (all: string, name: string, cores: string) =>
    `The server used ${all} cores, its process \`${name}\` ${cores} of them.`,
  containerMemory: (share: string, limit: string) => `The container used ${share} of its ${limit}.`,
  loopLate: (worst: string) => `The server's own thread was up to ${worst} late (99th percentile, worst period).`,
  memory: (used: string, total: string) => `${used} of ${total} were in use.`,
  memoryOfServer: (used: string, total: string, server: string, largest: string) =>
    `${used} of ${total} were in use, of which the server ${server} (most of it \`${largest}\`).`,
};

const zh: typeof en = {
  unanswered: (unanswered, asked) => `${asked} 次询问中，服务器有 ${unanswered} 次没有响应。`,
  absent: (absent, devices, errorCount, errors) =>
    `${devices} 台模拟设备中有 ${absent} 台没能接入${errorCount > 0 ? `：${errors.join('；')}` : ''}。`,
  connections: (most, limit) => `服务器可接受的 ${limit} 个设备连接中，用了 ${most} 个。`,
  others: (share) => `服务器以外的程序用掉了 ${share} 的 CPU。`,
  disturbed: '模拟设备没有及时得到 CPU，或者测到的太少。',
  stolen: (share) => `虚拟机的宿主把 ${share} 的 CPU 给了别人（steal）。`,
  throttled: (share) => `容器的 CPU 上限在 ${share} 的周期里让它停顿。`,
  cpuBusy: (share) => `CPU 有 ${share} 的时间在忙。`,
  serverCores: (all, name, cores) => `服务器用了 ${all} 个核，其中进程 \`${name}\` 用了 ${cores} 个。`,
  containerMemory: (share, limit) => `容器用了其 ${limit} 上限的 ${share}。`,
  loopLate: (worst) => `服务器主线程最多迟了 ${worst}（99 百分位，最差时段）。`,
  memory: (used, total) => `${total} 中用了 ${used}。`,
  memoryOfServer: (used, total, server, largest) =>
    `${total} 中用了 ${used}，其中服务器 ${server}（最多的是 \`${largest}\`）。`,
};

export const adviceWords = bilingualWords({ en, zh });
