import type { UiLanguage, Bilingual } from '../../core/index.js';
import type { Summary } from '../statistics.js';
import type { Live } from './run.js';

const STAGES: Readonly<Record<'model' | 'stand_ins' | 'server' | 'fleet' | 'kernels', Bilingual>> = {
  model: { en: 'writing the model that costs what SenseVoice costs', zh: '正在生成与 SenseVoice 运算量相同的模型' },
  stand_ins: { en: 'starting the stand-ins for language model and voice', zh: '正在启动大模型和语音合成的替身' },
  server: { en: 'starting the server under test', zh: '正在启动被测服务器' },
  fleet: { en: 'preparing the simulated devices', zh: '正在准备模拟设备' },
  kernels: { en: 'measuring the bare kernels', zh: '正在测量裸核运算' },
};

/** The current state as one line for a log. */
export function liveLine(live: Live, language: UiLanguage): string {
  if (live.stage === 'model') return `${STAGES.model[language]}: ${Math.round(live.fraction * 100)} %`;
  if (live.stage !== 'running') return STAGES[live.stage][language];
  const { progress, observation } = live;
  const cores = observation?.serverCores;
  const words = {
    en:
      `${seconds(progress.elapsedMs)} of ${seconds(progress.untilMs)} s  talking ${progress.second.talking}  ` +
      `listening to replies ${progress.second.playing}  turns ${progress.turns}  failed ${progress.failed}  ` +
      `holes ${progress.underruns}  first sound ${soundText(progress.firstSoundMs)}  server ` +
      `${cores?.toFixed(2) ?? '–'} cores  queue ${observation?.queueDepth ?? '–'}`,
    zh:
      `${seconds(progress.elapsedMs)}/${seconds(progress.untilMs)} 秒  在说话 ${progress.second.talking}  在听回答 ` +
      `${progress.second.playing}  对话 ${progress.turns}  失败 ${progress.failed}  断音 ${progress.underruns}  第一声 ` +
      `${soundText(progress.firstSoundMs)}  服务器 ${cores?.toFixed(2) ?? '–'} 核  排队 ` +
      `${observation?.queueDepth ?? '–'}`,
  };
  return words[language];
}

/** The current state as a small table, for a terminal that can redraw it. */
export function liveTable(live: Live, language: UiLanguage): string {
  if (live.stage !== 'running') return liveLine(live, language);
  const { progress, observation } = live;
  const { second } = progress;
  const bytes = observation?.serverBytes;
  const rows: readonly (readonly [Bilingual, string])[] = [
    [
      { en: 'time', zh: '时间' },
      `${seconds(progress.elapsedMs)} / ${seconds(progress.untilMs)} s  ` +
        bar(progress.elapsedMs / Math.max(1, progress.untilMs)),
    ],
    [
      { en: 'devices connected / people talking / replies heard', zh: '已连接 / 在说话 / 在听回答' },
      `${second.connected} / ${second.talking} / ${second.playing}`,
    ],
    [{ en: 'turns / failed', zh: '对话 / 失败' }, `${progress.turns} / ${progress.failed}`],
    [{ en: 'holes in the sound', zh: '断音' }, String(progress.underruns)],
    [{ en: 'end of speech to first sound', zh: '说完到第一声' }, soundText(progress.firstSoundMs)],
    [
      { en: 'sound ahead in the devices, least / median', zh: '设备中待播的声音，最少 / 中位' },
      `${second.leadMinMs ?? '–'} / ${second.leadMedianMs ?? '–'} ms`,
    ],
    [
      { en: 'server CPU / memory', zh: '服务器 CPU / 内存' },
      `${observation?.serverCores?.toFixed(2) ?? '–'} / ` +
        (bytes === undefined ? '–' : `${(bytes / 2 ** 20).toFixed(0)} MB`),
    ],
    [
      { en: 'jobs waiting / slots busy', zh: '排队任务 / 占用的槽' },
      `${observation?.queueDepth ?? '–'} / ${observation?.slotsBusy ?? '–'}`,
    ],
  ];
  return rows.map(([name, value]) => `  ${name[language]}: ${value}`).join('\n');
}

function soundText(summary: Summary): string {
  if (summary.kind === 'none') return '–';
  return summary.kind === 'few'
    ? `~${Math.round(summary.median)} ms`
    : `p50 ${Math.round(summary.median)} ms, p95 ${Math.round(summary.p95)} ms`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(0);
}

function bar(fraction: number): string {
  const full = Math.round(Math.min(1, fraction) * 20);
  return `${'█'.repeat(full)}${'░'.repeat(20 - full)}`;
}
