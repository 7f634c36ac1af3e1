import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { InstalledModel } from '../src/engines/index.js';

const CHILD = fileURLToPath(new URL('../dist/engines/sherpa/sherpa-child.js', import.meta.url));

/**
 * The process in which the server runs a speech model, with flags and environment of the caller instead of the server's
 * settings.
 */
export interface BareEngine {
  readonly pid: number;
  /** Rejects with the error's message, or when the process ends. */
  call<T>(request: object): Promise<T>;
  kill(): void;
}

interface BareEngineOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly execArgv?: readonly string[];
  /** The compiled program. Default: the program in `dist/`. */
  readonly program?: string | undefined;
}

/** Resolves when the model is loaded. */
export async function startBareEngine(
  { model, directory, files }: InstalledModel,
  { env, execArgv = [], program = CHILD }: BareEngineOptions,
): Promise<BareEngine> {
  if (model.kind === 'vad' || model.kind === 'turn') throw new TypeError('not a model of recognition or speech');
  const child = spawn(process.execPath, [...execArgv, program, model.kind], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  type Answer = { readonly type: string; readonly id?: number; readonly value?: unknown; readonly error?: Error };
  const waiting = new Map<number, (answer: Answer) => void>();
  child.on('message', (message: Answer) => waiting.get(message.id ?? 0)?.(message));
  const gone = new Promise<never>((_, reject) =>
    child.once('exit', (code, signal) => reject(new Error(`the process ended: ${code ?? signal}`))),
  );
  // The rejection of `gone` is no error if nobody awaits it.
  gone.catch(() => undefined);
  let next = 1;
  const ask = async (id: number, message: object): Promise<unknown> => {
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    child.send(message);
    const answer = await Promise.race([answered, gone]);
    waiting.delete(id);
    if (answer.error) throw new Error(answer.error.message);
    return answer.value;
  };
  const kill = (): void => void child.kill('SIGKILL');
  try {
    const init = { kind: model.kind, spec: model.spec, modelId: model.id, threads: 1, directory, files };
    await ask(0, { type: 'init', init });
  } catch (error) {
    kill();
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    call: async <T>(request: object) => {
      const id = next++;
      return (await ask(id, { type: 'call', id, request })) as T;
    },
    kill,
  };
}

/** User and system time of a process, with a resolution of 10 ms. Linux only. */
export function cpuMsOf({ pid }: BareEngine): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
