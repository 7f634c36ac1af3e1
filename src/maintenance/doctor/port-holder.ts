import { readdir, readlink } from 'node:fs/promises';
import type { ReadText } from '../../platform/machine/index.js';

export interface PortHolder {
  /** Undefined if the process belongs to another user or runs in another container. */
  readonly pid: number | undefined;
  readonly command: string | undefined;
}

const LISTENING = '0A';

/** Reads /proc, so it works only on Linux. Resolves with undefined if no process is seen to listen on the port. */
export async function portHolder(port: number, readText: ReadText): Promise<PortHolder | undefined> {
  const inodes = new Set(
    ['/proc/self/net/tcp', '/proc/self/net/tcp6'].flatMap((file) => listeningInodes(readText(file) ?? '', port)),
  );
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    if (!(await holdsOne(pid, inodes))) continue;
    const command = (readText(`/proc/${pid}/cmdline`) ?? '')
      .split('\0')
      .filter((word) => word !== '')
      .join(' ');
    return { pid: Number(pid), command: command.slice(0, 120) };
  }
  return { pid: undefined, command: undefined };
}

function listeningInodes(table: string, port: number): string[] {
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [, local = '', , state] = fields;
    const inode = fields[9];
    return state === LISTENING && inode !== undefined && Number.parseInt(local.split(':').at(-1) ?? '', 16) === port
      ? [inode]
      : [];
  });
}

async function holdsOne(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}
