import { bilingualWords } from '../../../core/index.js';

/** Texts are formatted already. */
interface Progress {
  readonly elapsed: string;
  readonly until: string;
  readonly talking: number;
  readonly playing: number;
  readonly turns: number;
  readonly failed: number;
  readonly underruns: number;
  readonly firstSound: string;
  readonly cores: string;
  readonly queue: number | string;
}

const en = {
  stages: {
    model: 'writing the model that costs what SenseVoice costs',
    stand_ins: 'starting the stand-ins for language model and voice',
    server: 'starting the server under test',
    fleet: 'preparing the simulated devices',
    kernels: 'measuring the bare kernels',
  },
  rows: {
    time: 'time',
    devices: 'devices connected / people talking / replies heard',
    turns: 'turns / failed',
    underruns: 'holes in the sound',
    firstSound: 'end of speech to first sound',
    lead: 'sound ahead in the devices, least / median',
    server: 'server CPU / memory',
    jobs: 'jobs waiting / slots busy',
  },
  line: ({ elapsed, until, talking, playing, turns, failed, underruns, firstSound, cores, queue }: Progress) =>
    `${elapsed} of ${until} s  talking ${talking}  ` +
    `listening to replies ${playing}  turns ${turns}  failed ${failed}  ` +
    `holes ${underruns}  first sound ${firstSound}  server ${cores} cores  queue ${queue}`,
};

const zh: typeof en = {
  stages: {
    model: '正在生成与 SenseVoice 运算量相同的模型',
    stand_ins: '正在启动大模型和语音合成的替身',
    server: '正在启动被测服务器',
    fleet: '正在准备模拟设备',
    kernels: '正在测量裸核运算',
  },
  rows: {
    time: '时间',
    devices: '已连接 / 在说话 / 在听回答',
    turns: '对话 / 失败',
    underruns: '断音',
    firstSound: '说完到第一声',
    lead: '设备中待播的声音，最少 / 中位',
    server: '服务器 CPU / 内存',
    jobs: '排队任务 / 占用的槽',
  },
  line: ({ elapsed, until, talking, playing, turns, failed, underruns, firstSound, cores, queue }) =>
    `${elapsed}/${until} 秒  在说话 ${talking}  在听回答 ${playing}  对话 ${turns}  失败 ${failed}  断音 ${underruns}  第一声 ` +
    `${firstSound}  服务器 ${cores} 核  排队 ${queue}`,
};

export const liveWords = bilingualWords({ en, zh });
