import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MINUTE_MS, systemClock as clock } from '../src/core/index.js';
import { describeMachine } from '../src/platform/machine/index.js';
import { type Line, report } from './results.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = fileURLToPath(new URL('../dist/cli/chorus.js', import.meta.url));
const MEASURE = fileURLToPath(new URL('conversation.ts', import.meta.url));
/** A measurement that takes this many times its expected time is treated as hung and ended. */
const SLACK = 2;
const ADMISSION_OFF = ['--cpu-target', '0.9', '--set', 'max_concurrent_sessions=10000', '--set', 'load.target=off'];
const ALL_LOCAL = ['--llm', 'offline', '--tts', 'flite', '--warmup', '0', '--begin-within', '4'];

interface Row {
  readonly name: string;
  readonly minutes: number;
  readonly args: readonly string[];
}

const bench = (file: string, minutes: number, ...args: string[]): Row => ({
  name: file,
  minutes,
  args: [CLI, 'bench', ...args, '--json', `bench/results/${file}.json`],
});
const measurement = (minutes: number, ...args: string[]): Row => ({
  name: args.join(' '),
  minutes,
  args: ['--import', 'tsx', MEASURE, ...args],
});

/**
 * The most important come first. Many run for a shorter time than by default. `minutes` is the longest expected time of
 * a row.
 */
const ROWS: readonly Row[] = [
  bench(
    'devices-75',
    2,
    '--devices',
    '75',
    '--warmup',
    '20',
    '--duration',
    '60',
    '--asr',
    'sensevoice-cost',
    ...ADMISSION_OFF,
  ),
  bench('crowd-60', 1.5, '--devices', '60', '--duration', '55', ...ALL_LOCAL, ...ADMISSION_OFF),
  bench('crowd-120-auto', 1.5, '--devices', '120', '--duration', '60', ...ALL_LOCAL),
  measurement(2, 'one', '10'),
  measurement(1.5, 'several', '5', '60'),
  measurement(2.5, 'auto', '-', '40'),
  measurement(2, 'kills', '20', '60'),
  measurement(1.5, 'restart', '20'),
  measurement(2, 'first-turn', '1'),
  measurement(2, 'pacing'),
  measurement(2, 'runtimes'),
  measurement(2, 'burst', '5'),
  measurement(2, 'reload', '10'),
  measurement(2, 'echo', '60'),
  measurement(6, 'memory'),
  measurement(0.5, 'recall'),
  measurement(2.5, 'music', '10', '100'),
  measurement(3, 'services', '2'),
  measurement(4, 'connections'),
  ...(process.getuid?.() === 0 ? [measurement(2, 'limits', '2c4g', '60')] : []),
  measurement(4, 'neighbours', 'both', '8'),
  measurement(4, 'overload', '30'),
  measurement(8, 'idle'),
  measurement(10, 'storms'),
];

/**
 * Measures the rows of docs/capacity.md one after the other on this machine, as many as fit into `minutes`. Each writes
 * its result to `bench/results/`, and `table.json` lists which rows met their limits.
 */
export async function table(minutes: number): Promise<boolean> {
  const untilMs = clock.nowMs() + minutes * MINUTE_MS;
  const lines: Line[] = [];
  const before = `${describeMachine().cpu}, at most ${minutes} minutes`;
  console.log(before);
  for (const row of ROWS) {
    if (clock.nowMs() + row.minutes * MINUTE_MS > untilMs) {
      lines.push({ what: row.name, value: `not measured: no ${row.minutes} minutes are left` });
      continue;
    }
    const startedMs = clock.nowMs();
    const code = await run(row);
    const took = `${((clock.nowMs() - startedMs) / 1000).toFixed(0)} s`;
    lines.push(
      code === 0 || code === 1
        ? { what: row.name, value: took, holds: code === 0 }
        : { what: row.name, value: `${took}, nothing can be said (${code ?? 'ended after too long'})`, holds: false },
    );
  }
  return report('table', lines, { minutes });
}

/** Resolves with the measurement's exit code, or with undefined if it took too long and was ended. */
async function run({ name, args, minutes }: Row): Promise<number | undefined> {
  console.log(`\n== ${name}`);
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  let late = false;
  // On SIGTERM, a measurement ends the server that it has started.
  const timer = clock.after(SLACK * minutes * MINUTE_MS, () => {
    late = true;
    child.kill('SIGTERM');
  });
  const code = await new Promise<number>((resolve) => {
    child.on('error', () => resolve(-1));
    child.on('exit', (exit) => resolve(exit ?? -1));
  });
  timer.cancel();
  return late ? undefined : code;
}
