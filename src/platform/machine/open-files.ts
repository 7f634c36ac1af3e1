import type { ReadText } from './read-text.js';

/** Open files in addition to device connections: database, log, child processes, models, requests to services. */
const BESIDE_CONNECTIONS = 256;

export interface OpenFilesLimit {
  /** The limit in force. Infinity: unlimited. */
  readonly soft: number;
  /** Maximum to which a process may raise the limit. Node.js does so when it starts. */
  readonly hard: number;
}

/** Maximum number of open files of a process, including sockets. Undefined: there is no /proc. */
export function openFilesLimit(readText: ReadText, pid: number | 'self' = 'self'): OpenFilesLimit | undefined {
  const [, soft, hard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(readText(`/proc/${pid}/limits`) ?? '') ?? [];
  return soft === undefined || hard === undefined ? undefined : { soft: count(soft), hard: count(hard) };
}

/** Number of open files that a server may need for this many device connections. */
export function openFilesNeeded(maxConnections: number): number {
  return maxConnections + BESIDE_CONNECTIONS;
}

function count(text: string): number {
  return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
}
