import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from '../../config/index.js';

export interface ProgramCall {
  readonly program: string;
  readonly path: string;
  readonly args: readonly string[];
}

type Candidate = readonly [program: string, ...args: string[]];

/** Programs that record raw 16-bit mono at 16 kHz to standard output. */
function recorders(platform: NodeJS.Platform): readonly Candidate[] {
  const ffmpegInput =
    platform === 'darwin' ? ['-f', 'avfoundation', '-i', ':default'] : ['-f', 'pulse', '-i', 'default'];
  return [
    ['arecord', '-q', '-t', 'raw', '-f', 'S16_LE', '-r', '16000', '-c', '1'],
    ['parecord', '--raw', '--format=s16le', '--rate=16000', '--channels=1', '--latency-msec=60'],
    ['rec', '-q', '-t', 'raw', '-b', '16', '-e', 'signed-integer', '-r', '16000', '-c', '1', '-'],
    ['ffmpeg', '-loglevel', 'error', ...ffmpegInput, '-ac', '1', '-ar', '16000', '-f', 's16le', '-'],
  ];
}

/** Programs that play raw 16-bit mono at 24 kHz from standard input. */
const STREAM_PLAYERS: readonly Candidate[] = [
  ['aplay', '-q', '-t', 'raw', '-f', 'S16_LE', '-r', '24000', '-c', '1'],
  ['paplay', '--raw', '--format=s16le', '--rate=24000', '--channels=1', '--latency-msec=60'],
  ['play', '-q', '-t', 'raw', '-b', '16', '-e', 'signed-integer', '-r', '24000', '-c', '1', '-'],
  ['ffplay', '-loglevel', 'error', '-nodisp', '-autoexit', '-f', 's16le', '-ar', '24000', '-ac', '1', '-'],
];

/** Programs that play a WAV file whose name is the last argument. */
const FILE_PLAYERS: readonly Candidate[] = [
  ['aplay', '-q'],
  ['paplay'],
  ['play', '-q'],
  ['ffplay', '-loglevel', 'error', '-nodisp', '-autoexit'],
  ['afplay'],
];

export const findRecorder = (env: Environment, platform: NodeJS.Platform = process.platform): ProgramCall | undefined =>
  find(recorders(platform), env);
export const findStreamPlayer = (env: Environment): ProgramCall | undefined => find(STREAM_PLAYERS, env);
export const findFilePlayer = (env: Environment): ProgramCall | undefined => find(FILE_PLAYERS, env);

function find(candidates: readonly Candidate[], env: Environment): ProgramCall | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const [program, ...args] of candidates) {
    for (const folder of folders) {
      const path = join(folder, program);
      if (isExecutable(path)) return { program, path, args };
    }
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
