import { bilingualWords } from '../../../core/index.js';

const en = {
  nobodySpoke: 'Nobody spoke.',
  target: 'target of 95 of 100 turns, language model included',
  inside: {
    title: 'Inside the server',
    explanation:
      'Jobs that wait for a CPU slot should come and go; a queue that only grows is a server that cannot keep up.',
    jobs: 'jobs',
    waiting: 'waiting',
    running: 'running',
    late: 'too late',
    loopDelay: 'delay of the event loop (p99)',
  },
  notSeen: 'The server’s processes could not be seen from here.',
  all: 'all',
  targetOfAll: 'target, all together',
  processes: {
    title: 'CPU and memory, process by process',
    explanation:
      'main talks to devices, listening decodes and notices speech, asr recognises, speaking makes sound. ' +
      'Memory should be flat after the first minute.',
    cores: 'cores',
    wholeMachine: 'whole machine, everybody on it',
  },
};

const zh: typeof en = {
  nobodySpoke: '没有人说话。',
  target: '95% 对话的目标（含大模型）',
  inside: {
    title: '服务器内部',
    explanation: '等待 CPU 的任务应当有来有去；只增不减说明服务器跟不上。',
    jobs: '任务',
    waiting: '排队',
    running: '运行',
    late: '过迟',
    loopDelay: '事件循环延迟（p99）',
  },
  notSeen: '从这里看不到服务器的进程。',
  all: '合计',
  targetOfAll: '目标（合计）',
  processes: {
    title: '各进程的 CPU 和内存',
    explanation: 'main 与设备通信，listening 解码并检测语音，asr 识别，speaking 生成声音。内存在第一分钟之后应当持平。',
    cores: '核',
    wholeMachine: '整台机器',
  },
};

export const chartWords = bilingualWords({ en, zh });
