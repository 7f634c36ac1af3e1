import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects garbage after `bytes` of native memory and buffers were left behind. V8 counts such memory late or not at
 * all, so memory would grow for minutes after the start (docs/adr/0027-allocator.md).
 *
 * @returns a function to call with the number of bytes that a finished job left behind.
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

/** V8 offers its garbage collector only with a flag. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
