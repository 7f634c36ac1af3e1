import type { ReadText } from './read-text.js';

/** Open files beside the connections: database, log, child processes, models, requests to services. */
const BESIDE_CONNECTIONS = 256;

export interface OpenFilesLimit {
  /** The limit that applies; Infinity: unlimited. */
  readonly soft: number;
  /** Highest value to which a process may raise the limit. Node.js does so when it starts. */
  readonly hard: number;
}

/** Maximum number of open files of a process, sockets included; undefined: there is no /proc. */
export function openFilesLimit(readText: ReadText, pid: number | 'self' = 'self'): OpenFilesLimit | undefined {
  const [, soft, hard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(readText(`/proc/${pid}/limits`) ?? '') ?? [];
  return soft === undefined || hard === undefined ? undefined : { soft: count(soft), hard: count(hard) };
}

/** Number of files that a server with so many connections may have open. */
export function openFilesNeeded(maxConnections: number): number {
  return maxConnections + BESIDE_CONNECTIONS;
}

function count(text: string): number {
  return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
}
