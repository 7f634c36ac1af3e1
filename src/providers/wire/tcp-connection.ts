import { connect, type Socket } from 'node:net';
import { hostOf } from '../../core/index.js';
import type { ServiceConnection } from './connection.js';
import { serviceError, type ServiceKind } from './refusal.js';
import { wireWords } from './words.js';

export function hostAndPort(url: string): { readonly host: string; readonly port: number } {
  return { host: hostOf(url), port: Number(new URL(url).port) };
}

/** Messages are bytes, split at any position. Errors: `asr.unreachable`, `tts.unreachable`, or the signal's reason. */
export function tcpConnection(
  { kind, url }: { readonly kind: ServiceKind; readonly url: string },
  signal: AbortSignal,
): Promise<ServiceConnection> {
  signal.throwIfAborted();
  const socket = connect({ ...hostAndPort(url), noDelay: true });
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('connect', onConnect).off('error', onError);
    };
    const fail = (error: unknown): void => {
      settle();
      socket.on('error', () => undefined).destroy();
      reject(error);
    };
    const onAbort = (): void => fail(signal.reason);
    const onConnect = (): void => {
      settle();
      resolve(connectionOf(socket.pause()));
    };
    const onError = (cause: Error): void => fail(serviceError(kind, 'unreachable', wireWords.unreachable, { cause }));
    socket.once('connect', onConnect).once('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function connectionOf(socket: Socket): ServiceConnection {
  let why = 'the end of the connection';
  socket.on('error', (error) => (why = error.message));
  return {
    send: (message) => void socket.write(message),
    get buffered() {
      return socket.writableLength;
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    terminate: () => void socket.removeAllListeners('data').removeAllListeners('close').destroy(),
    listen({ message, closed }) {
      socket.on('data', message).on('close', (failed) => closed(why, !failed));
      socket.resume();
    },
  };
}
