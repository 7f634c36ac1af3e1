import { Server, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { HandleRequest } from './one-at-a-time.js';

/** Returns false if the socket was refused and destroyed. */
export type AdmitSocket = (socket: Socket) => boolean;

/** Refuses sockets before Node prepares a parser and timers. Preparing takes several times as long as refusing. */
export class GuardedServer extends Server {
  constructor(
    options: ServerOptions,
    handle: HandleRequest,
    private readonly admit: AdmitSocket,
  ) {
    super(options, handle);
  }

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event === 'connection' && !this.admit(values[0] as Socket)) return true;
    return super.emit(event as string, ...values);
  }
}
