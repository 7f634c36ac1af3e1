import type { Summary } from '../statistics.js';
import type { Block, Section, Text } from '../report/index.js';
import { PARTS, type DeviceFigures, type Part } from './device-figures.js';
import { conversationTimeline, firstSoundHistogram, stepsChart } from '../fleet-charts.js';
import type { MonitorFindings } from './findings.js';
import { FIRST_SOUND_ALONE_MS, TARGETS } from '../targets.js';

const PART_WORDS: Readonly<Record<Part, Text>> = {
  endpoint: { en: 'being sure that the person has finished', zh: '判断已经说完' },
  transcript: { en: 'recognition', zh: '语音识别' },
  llm: { en: 'language model', zh: '大模型' },
  voice: { en: 'voice, up to the first packet', zh: '语音合成，到第一个包' },
};

/** From this number of values on, curves and bars of counts say more than the values themselves. */
const SHARE_FROM = 5;
const HISTOGRAM_FROM = 40;

/** The section about the answers; empty if nobody talked. */
export function answerSection({ observation, figures }: MonitorFindings): Section[] {
  const { fleet } = observation;
  const { answers } = figures;
  if (answers.turns === 0) return [];
  const bounds = [
    {
      name: { en: 'target', zh: '目标' },
      value: answers.devices > 1 ? TARGETS.first_sound.limit : FIRST_SOUND_ALONE_MS,
    },
  ];
  const heard = (fleet?.turns ?? []).filter(({ warmup }) => !warmup);
  const histogramFrom = heard.length === 0 ? SHARE_FROM : HISTOGRAM_FROM;
  const blocks: Block[] = [
    ...(heard.length >= SHARE_FROM ? [stepsChart(heard, bounds)] : []),
    ...(answers.firstSoundMs.length >= histogramFrom ? [firstSoundHistogram(answers.firstSoundMs, bounds)] : []),
    ...partsChart(figures),
    ...(fleet ? conversationTimeline(fleet) : []),
  ];
  return [{ title: { en: 'How long did people wait?', zh: '人们等了多久？' }, blocks }];
}

function partsChart({ partsMs, devices = [] }: MonitorFindings['figures']): Block[] {
  if (!partsMs) return [];
  const each = devices.length > 1 ? devices : [];
  return [
    {
      type: 'bars',
      title: { en: 'Where the time went, by the server’s own records', zh: '时间花在哪里（服务器自己的记录）' },
      explanation: {
        en: 'On average, from the last word to the first packet of sound. The longest part is the one worth changing.',
        zh: '平均值，从说完到发出第一个声音包。最长的一段最值得改进。',
      },
      unit: 'ms',
      parts: PARTS.map((part) => PART_WORDS[part]),
      rows: [
        { name: { en: 'all turns', zh: '全部轮次' }, values: PARTS.map((part) => partsMs[part]) },
        ...each.flatMap((device) => {
          const own = device.partsMs;
          return own ? [{ name: nameOf(device), values: PARTS.map((part) => own[part]) }] : [];
        }),
      ],
    },
  ];
}

/** Each device by itself: the real ones on the desk apart from the simulated. */
export function deviceSection({ figures, observation }: MonitorFindings): Section[] {
  const title: Text = { en: 'Device by device', zh: '逐台设备' };
  const { devices } = figures;
  if (devices === undefined) return [{ title, blocks: [{ type: 'paragraph', text: whyNotSeen(observation.local) }] }];
  if (devices.length === 0) return [{ title, blocks: [{ type: 'paragraph', text: NOBODY }] }];
  return [{ title, blocks: [{ type: 'paragraph', text: ABOUT_DEVICES }, deviceTable(devices)] }];
}

const NOBODY: Text = {
  en: 'No device had a turn. Talk to one while the monitor runs, and it will stand here.',
  zh: '没有设备说过话。在监控运行时对设备说话，它就会出现在这里。',
};
const ABOUT_DEVICES: Text = {
  en:
    'By the server’s own records, of turns that ended after the warm-up. ' +
    'An underrun is a moment in which the device had nothing left to play: ' +
    'for real devices it is predicted from what was sent and when, for simulated ones it was also heard.',
  zh: '根据服务器自己的记录，预热之后结束的轮次都算。断流是设备没有声音可放的时刻：真实设备按发送时间预测，模拟设备还实际听到。',
};

function whyNotSeen(local: boolean): Text {
  return local
    ? {
        en:
          'The server does not show its turns: this command may not read its data folder (`--data`), ' +
          'or the server is older.',
        zh: '看不到服务器的对话记录：本命令读不到它的数据文件夹（`--data`），或服务器版本较旧。',
      }
    : {
        en: 'A server on another machine does not show its turns. Run `chorus monitor` there to see each real device.',
        zh: '另一台机器上的服务器不会给出对话记录。请在那台机器上运行 `chorus monitor`，就能看到每台真实设备。',
      };
}

function deviceTable(devices: readonly DeviceFigures[]): Block {
  return {
    type: 'table',
    columns: [
      { title: { en: 'device', zh: '设备' } },
      { title: { en: 'turns', zh: '轮次' }, align: 'end' },
      { title: { en: 'answered', zh: '已回答' }, align: 'end' },
      { title: { en: 'to first sound', zh: '到第一声' }, align: 'end' },
      { title: { en: 'worst', zh: '最慢' }, align: 'end' },
      { title: { en: 'underruns predicted', zh: '预测断流' }, align: 'end' },
      { title: { en: 'heard', zh: '实际听到' }, align: 'end' },
      { title: { en: 'errors', zh: '错误' } },
    ],
    rows: devices.map((device) => {
      const waited = device.firstSound ?? device.firstPacket;
      return [
        nameOf(device),
        String(device.turns),
        String(device.answered),
        typical(waited),
        worst(waited),
        predicted(device),
        device.underrunsHeard === undefined ? '–' : String(device.underrunsHeard),
        device.codes.join(', '),
      ];
    }),
  };
}

function nameOf({ deviceId, simulated }: DeviceFigures): Text {
  return simulated ? { en: `${deviceId} (simulated)`, zh: `${deviceId}（模拟）` } : deviceId;
}

function predicted({ underrunsPredicted, underrunPredictedMs }: DeviceFigures): string {
  return underrunsPredicted === 0 ? '0' : `${underrunsPredicted} (${Math.round(underrunPredictedMs)} ms)`;
}

function typical(summary: Summary): string {
  return summary.kind === 'none' ? '–' : `${Math.round(summary.median)} ms`;
}

function worst(summary: Summary): string {
  return summary.kind === 'none' ? '–' : `${Math.round(summary.max)} ms`;
}
