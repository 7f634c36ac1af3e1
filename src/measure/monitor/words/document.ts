import { bilingualWords } from '../../../core/index.js';

const en = {
  title: 'How the voice server is doing',
  cores: (count: number) => `${count} cores`,
  onThisMachine: 'on this machine',
  devices: (count: number) => `${count} devices`,
  watchedHere: (url: string, seconds: number) =>
    `The server at ${url} and this machine were watched for ${seconds} s; nothing was added to its load.`,
  watchedFromOutside: (url: string, seconds: number) =>
    `The server at ${url} was watched from outside for ${seconds} s; nothing was added to its load.`,
  talked: (devices: number, url: string, seconds: number, watched: boolean) =>
    `${devices} simulated ${devices === 1 ? 'device' : 'devices'} talked to the server at ` +
    `${url} for ${seconds} s, with recordings of a person` +
    `${watched ? '; server and machine were watched meanwhile' : ''}.`,
  facts: {
    cores: 'Cores',
    memory: 'Memory',
    cpuLimit: 'CPU limit of the container',
    memoryLimit: 'Memory limit of the container',
    system: 'System',
    server: 'Server',
    where: 'Where',
    hears: 'Hears with',
    thinks: 'Thinks with',
    speaks: 'Speaks with',
    maxTalking: 'May talk at once',
  },
};

const zh: typeof en = {
  title: '语音服务器运行情况',
  cores: (count) => `${count} 核`,
  onThisMachine: '本机',
  devices: (count) => `${count} 台`,
  watchedHere: (url, seconds) => `观察了 ${url} 的服务器和本机 ${seconds} 秒，没有增加它的负载。`,
  watchedFromOutside: (url, seconds) => `观察了 ${url} 的服务器（从外部） ${seconds} 秒，没有增加它的负载。`,
  talked: (devices, url, seconds, watched) =>
    `${devices} 台模拟设备用真人录音与 ${url} 的服务器对话 ${seconds} 秒${watched ? '，同时观察了服务器和本机' : ''}。`,
  facts: {
    cores: '核数',
    memory: '内存',
    cpuLimit: '容器的 CPU 上限',
    memoryLimit: '容器的内存上限',
    system: '系统',
    server: '服务器',
    where: '位置',
    hears: '听',
    thinks: '想',
    speaks: '说',
    maxTalking: '可同时对话',
  },
};

export const documentWords = bilingualWords({ en, zh });
