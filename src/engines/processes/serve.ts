import { ChorusError, isErrorCode, type ErrorCode } from '../../core/index.js';
import type { FromChild, ToChild, WireError } from './protocol.js';

export interface ChildHandlers {
  /** Prepares the child. The process ends if `init` throws, and the parent gets the code of a ChorusError. */
  init(init: unknown): Promise<void>;
  /** Runs one job. The caller gets a ChorusError with its code, any other error as `engine.job_failed`. */
  call(request: unknown, signal: AbortSignal): Promise<unknown>;
  /** Handles a message that needs no answer. */
  post?(message: unknown): void;
}

/**
 * Runs in the child of a {@link SupervisedChild}. The process kills itself when the channel to its parent closes,
 * because a normal exit would unload native code during an inference and abort.
 */
export function serveChild(handlers: ChildHandlers): { emit(event: unknown): void } {
  const running = new Map<number, AbortController>();

  const init = async (value: unknown): Promise<void> => {
    try {
      await handlers.init(value);
      send({ type: 'ready' });
    } catch (error) {
      process.send?.({ type: 'refused', error: toWire(error) } satisfies FromChild, undefined, undefined, endProcess);
    }
  };

  const call = async (id: number, request: unknown): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const value = await handlers.call(request, controller.signal);
      send({ type: 'result', id, value });
    } catch (error) {
      send({ type: 'failed', id, error: toWire(error) });
    } finally {
      running.delete(id);
    }
  };

  // Ignores signals that a terminal or service manager sends to the process group. Only the parent ends its children.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.on('disconnect', endProcess);
  process.on('message', (raw) => {
    const message = raw as ToChild; // Both ends are the same build.
    switch (message.type) {
      case 'init':
        void init(message.init);
        break;
      case 'call':
        void call(message.id, message.request);
        break;
      case 'cancel':
        running.get(message.id)?.abort();
        break;
      case 'post':
        handlers.post?.(message.message);
        break;
    }
  });

  return { emit: (event) => send({ type: 'event', event }) };
}

function send(message: FromChild): void {
  // If the write fails, the parent has ended. 'disconnect' then ends this process.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function endProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}

function toWire(error: unknown): WireError {
  if (error instanceof ChorusError) return { code: error.code, message: error.message, details: error.details };
  return { code: 'engine.job_failed', message: error instanceof Error ? error.message : String(error) };
}

export function fromWire(error: WireError): ChorusError {
  const code: ErrorCode = isErrorCode(error.code) ? error.code : 'engine.job_failed';
  return new ChorusError(code, error.message, error.details && { details: error.details });
}
