import { bilingualWords } from '../../../core/index.js';

const en = {
  parts: {
    endpoint: 'being sure that the person has finished',
    transcript: 'recognition',
    llm: 'language model',
    voice: 'voice, up to the first packet',
  },
  target: 'target',
  howLong: 'How long did people wait?',
  whereTime: {
    title: 'Where the time went, by the server’s own records',
    explanation:
      'On average, from the last word to the first packet of sound. The longest part is the one worth changing.',
  },
  allTurns: 'all turns',
  deviceByDevice: 'Device by device',
  nobody: 'No device had a turn. Talk to one while the monitor runs, and it will stand here.',
  aboutDevices:
    'By the server’s own records, of turns that ended after the warm-up. ' +
    'An underrun is a moment in which the device had nothing left to play: ' +
    'for real devices it is predicted from what was sent and when, for simulated ones it was also heard.',
  hidden: {
    here:
      'The server does not show its turns: this command may not read its data folder (`--data`), ' +
      'or the server is older.',
    elsewhere:
      'A server on another machine does not show its turns. Run `chorus monitor` there to see each real device.',
  },
  columns: {
    device: 'device',
    turns: 'turns',
    answered: 'answered',
    firstSound: 'to first sound',
    worst: 'worst',
    predicted: 'underruns predicted',
    heard: 'heard',
    errors: 'errors',
  },
  simulated: (deviceId: string) => `${deviceId} (simulated)`,
};

const zh: typeof en = {
  parts: { endpoint: '判断已经说完', transcript: '语音识别', llm: '大模型', voice: '语音合成，到第一个包' },
  target: '目标',
  howLong: '人们等了多久？',
  whereTime: {
    title: '时间花在哪里（服务器自己的记录）',
    explanation: '平均值，从说完到发出第一个声音包。最长的一段最值得改进。',
  },
  allTurns: '全部轮次',
  deviceByDevice: '逐台设备',
  nobody: '没有设备说过话。在监控运行时对设备说话，它就会出现在这里。',
  aboutDevices:
    '根据服务器自己的记录，预热之后结束的轮次都算。断流是设备没有声音可放的时刻：真实设备按发送时间预测，模拟设备还实际听到。',
  hidden: {
    here: '看不到服务器的对话记录：本命令读不到它的数据文件夹（`--data`），或服务器版本较旧。',
    elsewhere: '另一台机器上的服务器不会给出对话记录。请在那台机器上运行 `chorus monitor`，就能看到每台真实设备。',
  },
  columns: {
    device: '设备',
    turns: '轮次',
    answered: '已回答',
    firstSound: '到第一声',
    worst: '最慢',
    predicted: '预测断流',
    heard: '实际听到',
    errors: '错误',
  },
  simulated: (deviceId) => `${deviceId}（模拟）`,
};

export const answersWords = bilingualWords({ en, zh });
