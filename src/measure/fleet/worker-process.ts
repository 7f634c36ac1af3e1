import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { GroupReport, GroupSecond } from './device-group.js';
import type { FromWorker, ToWorker } from './worker-protocol.js';

/**
 * A worker is a process and not a thread, so that its CPU time and memory are separate from the measuring program's. In
 * addition, its garbage collector delays no other worker.
 */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;
  #onMessage: (message: FromWorker) => void = () => undefined;

  constructor() {
    const fromSource = import.meta.url.endsWith('.ts');
    const entry = fileURLToPath(new URL(`./worker-main${fromSource ? '.ts' : '.js'}`, import.meta.url));
    this.#child = fork(entry, {
      execArgv: fromSource ? ['--import', 'tsx'] : [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message) => this.#onMessage(message as FromWorker));
    this.#ended = new Promise((_resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code, signal) =>
        reject(new Error(`a worker ended in the middle of the run (${signal ?? `exit code ${code}`})`)),
      );
    });
    // The end of a process after its work is no error. An earlier end is reported by the calls below.
    this.#ended.catch(() => undefined);
  }

  /** Resolves when the worker is ready to begin. Rejects if the process ends before. */
  prepare(work: Omit<Extract<ToWorker, { readonly type: 'prepare' }>, 'type'>): Promise<void> {
    return this.#exchange({ type: 'prepare', ...work }, (message) =>
      message.type === 'ready' ? { value: undefined } : undefined,
    );
  }

  /** Resolves with the worker's report. Rejects if the worker failed or ended before. */
  go(onSecond: (second: GroupSecond) => void): Promise<GroupReport> {
    return this.#exchange({ type: 'go' }, (message) => {
      if (message.type === 'second') onSecond(message.second);
      if (message.type === 'failed') throw new Error(`a worker failed: ${message.message}`);
      return message.type === 'done' ? { value: message.report } : undefined;
    });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #exchange<T>(message: ToWorker, answer: (message: FromWorker) => { readonly value: T } | undefined): Promise<T> {
    const answered = new Promise<T>((resolve, reject) => {
      this.#onMessage = (received) => {
        try {
          const found = answer(received);
          if (found) resolve(found.value);
        } catch (error) {
          reject(error);
        }
      };
      this.#child.send(message, (error) => error && reject(error));
    });
    return Promise.race([answered, this.#ended]);
  }
}
