import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects garbage each time `bytes` of memory were left behind that V8 does not count, or counts late: native memory
 * that an object only points to, and buffers, which V8 ignores below tens of MB. V8 rarely collects in a process that
 * creates few other objects, so its memory would grow for minutes after the start (docs/adr/0027-allocator.md).
 *
 * @returns a function to call with the number of bytes that a finished job left behind. It throws nothing.
 */
export function collectingAfter(bytes: number, collect: () => void = collector()): (leftBytes: number) => void {
  let left = 0;
  return (leftBytes) => {
    left += leftBytes;
    if (left < bytes) return;
    left = 0;
    collect();
  };
}

/** V8's own garbage collector, which can be called only with a flag. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
