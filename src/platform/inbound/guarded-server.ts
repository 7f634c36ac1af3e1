import { Server, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { HandleRequest } from './one-at-a-time.js';

/** Decides whether to accept a socket. False: the socket was refused and destroyed. */
export type AdmitSocket = (socket: Socket) => boolean;

/**
 * An HTTP server that refuses sockets before Node prepares a parser and timers for them. That preparation takes several
 * times as long as the refusal.
 */
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
