import { translatedError } from '../../core/index.js';
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import {
  LiveMicrophone,
  SimulatedDevice,
  type DeviceEvent,
  type SimulatedDeviceOptions,
} from '../../measure/fleet/index.js';
import { bytesToInt16, int16ToBytes, OpusDecoder } from '../../audio/index.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { findRecorder, findStreamPlayer, type ProgramCall } from '../terminal/audio-programs.js';
import { deviceWords } from '../words/device.js';

/** Uses the microphone and the speaker of this machine. Ends at `q`, Ctrl+D or Ctrl+C. */
export async function talkLive(options: SimulatedDeviceOptions, context: CliContext): Promise<ExitCode> {
  const { language, err } = context;
  if (!process.stdin.isTTY) {
    err(`${deviceWords[language].liveNeedsTerminal}\n`);
    return EXIT.usage;
  }
  const recorder = findRecorder(context.env);
  if (!recorder) {
    err(`${deviceWords[language].noRecorder}\n`);
    return EXIT.failed;
  }
  const microphone = new LiveMicrophone();
  const speaker = startSpeaker(context);
  const device = new SimulatedDevice({
    ...options,
    microphone,
    onPlayed: (packet) => speaker.play(packet),
    onEvent: (event) => tell(event, context),
  });
  let recording: Recording | undefined;
  try {
    await device.boot(context.interrupted);
    err(`${deviceWords[language].live(recorder.program)}\n`);
    recording = record(recorder, microphone, context);
    return await Promise.race([recording.failed, conversation(device, context)]);
  } finally {
    recording?.stop();
    device.close();
    speaker.close();
  }
}

function tell(event: DeviceEvent, context: CliContext): void {
  const { language, colours, out } = context;
  if (event.type === 'stt') out(`${colours.cyan(deviceWords[language].you)}: ${event.text}\n`);
  else if (event.type === 'sentence') out(`${colours.green(deviceWords[language].it)}: ${event.text}\n`);
  else if (event.type === 'alert') out(`${colours.yellow(`${event.status}: ${event.message}`)}\n`);
  else if (event.type === 'closed') out(`${colours.dim(deviceWords[language].hungUp)}\n`);
}

/** While the device speaks or sleeps, Enter acts as its button. `q` switches the device off. */
function conversation(device: SimulatedDevice, context: CliContext): Promise<ExitCode> {
  const lines = createInterface({ input: process.stdin });
  device.click();
  return new Promise((resolve) => {
    const end = (code: ExitCode): void => {
      lines.close();
      resolve(code);
    };
    lines.on('line', (line) => {
      if (line.trim().toLowerCase() === 'q') end(EXIT.ok);
      else if (device.state !== 'listening') device.click();
    });
    lines.once('close', () => resolve(EXIT.ok));
    context.interrupted.addEventListener('abort', () => end(EXIT.interrupted), { once: true });
  });
}

interface Recording {
  /** Rejects when the recording program ends. Never resolves. */
  readonly failed: Promise<never>;
  stop(): void;
}

function record(recorder: ProgramCall, microphone: LiveMicrophone, context: CliContext): Recording {
  const child = spawn(recorder.path, [...recorder.args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  let odd: Buffer = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    const bytes = Buffer.concat([odd, chunk]);
    odd = bytes.subarray(bytes.length - (bytes.length % 2));
    microphone.push(bytesToInt16(bytes.subarray(0, bytes.length - odd.length)));
  });
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-500)));
  const failed = new Promise<never>((_resolve, reject) => {
    const fail = (detail: string): void =>
      reject(translatedError('device.refused', deviceWords[context.language].recorderFailed(recorder.program, detail)));
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(complaint.trim() === '' ? `exit ${code ?? '?'}` : complaint.trim()));
  });
  return { failed, stop: () => void child.kill() };
}

interface Speaker {
  play(packet: Uint8Array): void;
  close(): void;
}

function startSpeaker(context: CliContext): Speaker {
  const player = findStreamPlayer(context.env);
  if (!player) {
    context.err(`${deviceWords[context.language].noPlayer}\n`);
    return { play: () => undefined, close: () => undefined };
  }
  const decoder = new OpusDecoder(24_000);
  const child: ChildProcess = spawn(player.path, [...player.args], { stdio: ['pipe', 'ignore', 'ignore'] });
  // If the player does not start, the conversation continues as text.
  child.once('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  return {
    play(packet) {
      const decoded = decoder.decode(packet);
      if (decoded.ok && child.stdin?.writable) child.stdin.write(int16ToBytes(decoded.pcm));
    },
    close: () => void child.kill(),
  };
}
