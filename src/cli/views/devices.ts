import { alignedRows, displayWidth } from '../../core/index.js';
import type { DeviceDetails, DeviceView } from '../../http/index.js';
import type { TurnStage } from '../../records/index.js';
import type { CliContext } from '../context.js';
import { devicesWords } from '../words/devices.js';
import { table } from '../terminal/table.js';
import { ago, moment } from '../terminal/times.js';

export function deviceTable(devices: readonly DeviceView[], context: CliContext): string {
  const { columns } = devicesWords[context.language];
  const rows = devices.map((device) => [
    device.deviceId,
    device.name ?? '',
    stateOf(device, context),
    device.board ?? '',
    device.firmwareVersion ?? '',
    device.language,
    device.connected ? '' : ago(device.lastSeenMs, context),
    device.lastTurn?.verdict.text[context.language] ?? '',
  ]);
  const headings = [
    columns.device,
    columns.name,
    columns.state,
    columns.board,
    columns.firmware,
    columns.language,
    columns.lastSeen,
    columns.lastTurn,
  ];
  return table(headings, rows, (text, row, column) =>
    row < 0 ? context.colours.dim(text) : coloured(text, devices[row], column, context),
  );
}

/** Colours the state of a device (column 2) and the verdict on its last turn (column 7). */
function coloured(text: string, device: DeviceView | undefined, column: number, { colours }: CliContext): string {
  if (column === 2)
    return device?.connected === true ? colours.green(text) : device?.revoked === true ? colours.red(text) : text;
  if (column === 7) return device?.lastTurn?.verdict.good === false ? colours.yellow(text) : text;
  return text;
}

export function deviceCard(device: DeviceDetails, context: CliContext): string {
  const words = devicesWords[context.language];
  const { labels } = words;
  const { boundAtMs, boundBy, lastTurn, talk, firmware } = device;
  const lines: (readonly [string, string | undefined])[] = [
    [labels.name, device.name],
    [labels.state, stateOf(device, context)],
    [labels.board, device.board ?? words.unknown],
    [labels.firmware, device.firmwareVersion ?? words.unknown],
    [labels.language, device.language],
    [
      labels.paired,
      boundAtMs === undefined
        ? undefined
        : words.pairedHow(moment(boundAtMs, context), words.boundBy[boundBy ?? ''] ?? boundBy ?? ''),
    ],
    [labels.token, device.bound ? words.token(device.previousTokenValid) : undefined],
    [labels.firstSeen, moment(device.firstSeenMs, context)],
    [labels.lastSeen, words.aside(moment(device.lastSeenMs, context), ago(device.lastSeenMs, context))],
    [labels.agent, device.agentId],
    [labels.turns, talk && words.turnsSum(talk.turns, talk.underruns, talk.underrunMs)],
    [
      labels.lastTurn,
      lastTurn &&
        words.when(ago(lastTurn.atMs, context), lastTurn.verdict.text[context.language]) +
          (lastTurn.code === undefined ? '' : ` [${lastTurn.code}]`),
    ],
    [labels.stages, lastTurn && stagesOf(lastTurn.stages, context)],
    ...(firmware.length === 0
      ? [[labels.update, words.noRelease] as const]
      : firmware.map((release) => [labels.update, updateOf(release, context)] as const)),
  ];
  const shown = alignedRows(
    lines.flatMap(([label, value]) => (value === undefined || value === '' ? [] : [[label, value]])),
    {
      style: (text, _, column) => (column === 0 ? context.colours.dim(text) : text),
      least: [Math.max(...Object.values(labels).map(displayWidth))],
    },
  );
  return `${context.colours.bold(device.deviceId)}\n${shown.join('\n')}\n`;
}

function stateOf({ revoked, bound, connected }: DeviceView, { language }: CliContext): string {
  const { states } = devicesWords[language];
  const state = revoked ? states.revoked : bound ? states.paired : states.unpaired;
  return connected ? `${state}, ${states.connected}` : state;
}

function stagesOf(stages: Readonly<Record<string, number>>, { language }: CliContext): string {
  const { stages: names, stage } = devicesWords[language];
  return Object.entries(stages)
    .map(([key, ms]) => stage(names[key as TurnStage] ?? key, ms))
    .join(language === 'zh' ? '，' : ', ');
}

function updateOf(
  { id, version, offered, because }: DeviceDetails['firmware'][number],
  { language }: CliContext,
): string {
  const words = devicesWords[language];
  return offered
    ? words.offered(version, id)
    : words.notOffered(version, id, words.because[because ?? ''] ?? because ?? '');
}
