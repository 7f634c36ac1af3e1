import { readFileSync } from 'node:fs';
import type { Line } from './results.js';

type Sent = readonly [what: 'packet' | 'start' | 'stop', atMs: number];

/** What each socket of the server sent, in order, as recorded by `send-times.mjs`. */
export function readSendTimes(file: string): readonly (readonly Sent[])[] {
  return JSON.parse(readFileSync(file, 'utf8')) as readonly (readonly Sent[])[];
}

/** Send times of the packets of each reply, in one list for each reply. */
export function replies(sockets: readonly (readonly Sent[])[]): readonly (readonly number[])[] {
  return sockets.flatMap((sent) => {
    const all: number[][] = [];
    for (const [what, atMs] of sent) {
      if (what === 'start') all.push([]);
      else if (what === 'packet') all.at(-1)?.push(atMs);
    }
    return all.filter((packets) => packets.length > 1);
  });
}

export function spacingLine(sockets: readonly (readonly Sent[])[]): Line {
  const gaps = replies(sockets).flatMap((packets) => packets.slice(1).map((atMs, i) => atMs - (packets[i] ?? atMs)));
  const smallest = Math.min(...gaps);
  return {
    what: 'smallest distance of two packets when sent',
    value: `${smallest.toFixed(1)} ms of ${gaps.length}`,
    bound: 'at least 20 ms',
    holds: smallest >= 20,
  };
}
