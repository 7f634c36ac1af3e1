import { setFlagsFromString } from 'node:v8';
import { type Clock, sleep } from '../core/index.js';

const COMPACTING_MS = 30_000;
const EVERY_MS = 300_000;

/**
 * Keeps the heap of this process near what is alive in it, and what collecting garbage costs low (docs/adr/0027-allocator.md). V8 keeps new objects in a space that grows to
 * 32 MB with the first storm of messages and stays so; ours die at once, so the size it begins with will do. So small a space is collected ten times a second, and
 * by one thread: to wake four others costs more than they take away. And V8 compacts a page of old objects when 70 % of it is free, so that the heap grows for
 * hours around what is alive (15 MB an hour while ten talk): for half a minute after the start, and in every five, it does so from 20 % on. All the
 * time would cost a tenth of what this process takes.
 *
 * Call it before anything large is loaded. Returns when `signal` aborts; throws nothing.
 */
export async function keepHeapSmall(clock: Clock, signal: AbortSignal, setFlag: (flag: string) => void = setFlagsFromString): Promise<void> {
  setFlag('--semi-space-growth-factor=1');
  setFlag('--no-parallel-scavenge');
  while (!signal.aborted) {
    setFlag('--optimize-for-size');
    await pause(clock, COMPACTING_MS, signal);
    setFlag('--no-optimize-for-size');
    await pause(clock, EVERY_MS - COMPACTING_MS, signal);
  }
}

/** Ends early, and without a word, when the signal aborts. */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await sleep(clock, ms, signal).catch(() => undefined);
}
