import picocolors from 'picocolors';
import { printable } from '../../core/index.js';

const NAMES: Readonly<Record<number, { readonly word: string; readonly colour: 'dim' | 'green' | 'yellow' | 'red' }>> =
  {
    20: { word: 'debug', colour: 'dim' },
    30: { word: 'info ', colour: 'green' },
    40: { word: 'warn ', colour: 'yellow' },
    50: { word: 'error', colour: 'red' },
  };

/** Formats a JSON line of pino as `12:03:59.120 info  message  key=value`. Other lines stay unchanged. */
export function terminalLine(json: string, colour: boolean): string {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(json) as Record<string, unknown>;
  } catch {
    return json;
  }
  const { level, time, msg, ...fields } = record;
  const colours = picocolors.createColors(colour);
  const name = NAMES[Number(level)] ?? { word: String(level), colour: 'dim' as const };
  const rest = Object.entries(fields).map(([key, value]) => `${colours.dim(`${key}=`)}${fieldText(value)}`);
  return (
    [
      colours.dim(timeOfDay(Number(time))),
      colours[name.colour](name.word),
      printable(typeof msg === 'string' ? msg : ''),
      ...rest,
    ].join(' ') + '\n'
  );
}

function timeOfDay(wallMs: number): string {
  const date = new Date(wallMs);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => String(n).padStart(2, '0'));
  return `${parts.join(':')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function fieldText(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    const { name, code, message } = value as { name?: unknown; code?: unknown; message?: unknown };
    // An error is shown on one line. Its stack is in the log file.
    if (typeof message === 'string' && typeof name === 'string')
      return printable(`${typeof code === 'string' ? code : name}: ${message}`);
    return printable(JSON.stringify(value));
  }
  return printable(String(value));
}
