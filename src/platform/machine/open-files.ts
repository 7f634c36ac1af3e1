import type { ReadText } from './read-text.js';

/** Open files besides device connections, e.g. database, log, child processes and models. */
const BESIDE_CONNECTIONS = 256;

export interface OpenFilesLimit {
  /** The limit in force. Infinity means unlimited. */
  readonly soft: number;
  /** Maximum to which a process may raise the limit. Node.js raises the limit when it starts. */
  readonly hard: number;
}

/** Includes sockets. Returns undefined without /proc. */
export function openFilesLimit(readText: ReadText, pid: number | 'self' = 'self'): OpenFilesLimit | undefined {
  const [, soft, hard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(readText(`/proc/${pid}/limits`) ?? '') ?? [];
  return soft === undefined || hard === undefined ? undefined : { soft: count(soft), hard: count(hard) };
}

export function openFilesNeeded(maxConnections: number): number {
  return maxConnections + BESIDE_CONNECTIONS;
}

function count(text: string): number {
  return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
}
