import { bilingualWords } from '../../../core/index.js';

const en = {
  figures: {
    first_sound_p50: 'End of speech to first sound, half of the turns',
    first_sound_p95: 'The same, 95 of 100 turns',
    stt_p50: 'End of speech to transcript, half of the turns',
    cpu: 'CPU of the server, cores',
    memory: 'Memory of the server, most',
    underruns: 'Holes in the sound',
    failed_turns: 'Turns without a complete reply',
    turns: 'Turns',
    server_over_kernels: 'Server CPU over the bare kernels',
    capacity: 'Devices carried',
  },
  changes: {
    better: 'better',
    worse: 'WORSE',
    same: 'no measurable difference',
    unsteady: 'says little: the machine changed during a run',
  },
  title: 'Against the earlier result (ratio, and between which values it lies with 95 % confidence):',
  different: 'Careful, the two were not measured alike: ',
};

const zh: typeof en = {
  figures: {
    first_sound_p50: '说完到第一声，一半的对话',
    first_sound_p95: '同上，95% 的对话',
    stt_p50: '说完到识别结果，一半的对话',
    cpu: '服务器 CPU（核）',
    memory: '服务器内存（最多时）',
    underruns: '断音',
    failed_turns: '没有完整回答的对话',
    turns: '对话数',
    server_over_kernels: '服务器 CPU 与裸核之比',
    capacity: '承载的设备数',
  },
  changes: { better: '更好', worse: '更差', same: '看不出差别', unsteady: '说明不了什么：测试期间机器变了' },
  title: '与先前的结果相比（比值，以及 95% 置信区间）：',
  different: '注意，两次测量的条件不同：',
};

export const compareWords = bilingualWords({ en, zh });
