import type { Summary } from '../statistics.js';
import type { Block, Section, Text } from '../report/index.js';
import { PARTS, type DeviceFigures } from './device-figures.js';
import { conversationTimeline, firstSoundHistogram, stepsChart } from '../fleet-charts.js';
import type { MonitorFindings } from './findings.js';
import { FIRST_SOUND_ALONE_MS, TARGETS } from '../targets.js';
import { answersWords } from './words/answers.js';

/** With fewer turns, the report has no chart of their times. */
const SHARE_FROM = 5;
/** With fewer turns, the chart of the steps shows more than a histogram. */
const HISTOGRAM_FROM = 40;

export function answerSection({ observation, figures }: MonitorFindings): Section[] {
  const { fleet } = observation;
  const { answers } = figures;
  if (answers.turns === 0) return [];
  const bounds = [
    {
      name: answersWords.target,
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
  return [{ title: answersWords.howLong, blocks }];
}

function partsChart({ partsMs, devices = [] }: MonitorFindings['figures']): Block[] {
  if (!partsMs) return [];
  const each = devices.length > 1 ? devices : [];
  return [
    {
      type: 'bars',
      title: answersWords.whereTime.title,
      explanation: answersWords.whereTime.explanation,
      unit: 'ms',
      parts: PARTS.map((part) => answersWords.parts[part]),
      rows: [
        { name: answersWords.allTurns, values: PARTS.map((part) => partsMs[part]) },
        ...each.flatMap((device) => {
          const own = device.partsMs;
          return own ? [{ name: nameOf(device), values: PARTS.map((part) => own[part]) }] : [];
        }),
      ],
    },
  ];
}

export function deviceSection({ figures, observation }: MonitorFindings): Section[] {
  const title: Text = answersWords.deviceByDevice;
  const { devices } = figures;
  if (devices === undefined) return [{ title, blocks: [{ type: 'paragraph', text: whyNotSeen(observation.local) }] }];
  if (devices.length === 0) return [{ title, blocks: [{ type: 'paragraph', text: answersWords.nobody }] }];
  return [{ title, blocks: [{ type: 'paragraph', text: answersWords.aboutDevices }, deviceTable(devices)] }];
}

function whyNotSeen(local: boolean): Text {
  return local ? answersWords.hidden.here : answersWords.hidden.elsewhere;
}

function deviceTable(devices: readonly DeviceFigures[]): Block {
  return {
    type: 'table',
    columns: [
      { title: answersWords.columns.device },
      { title: answersWords.columns.turns, align: 'end' },
      { title: answersWords.columns.answered, align: 'end' },
      { title: answersWords.columns.firstSound, align: 'end' },
      { title: answersWords.columns.worst, align: 'end' },
      { title: answersWords.columns.predicted, align: 'end' },
      { title: answersWords.columns.heard, align: 'end' },
      { title: answersWords.columns.errors },
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
  return simulated ? answersWords.simulated(deviceId) : deviceId;
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
