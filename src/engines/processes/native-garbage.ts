import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects garbage after `bytes` that V8 does not see, or sees late: native memory that an object only points to, and
 * buffers, which count as little until there are tens of MB of them. A process that makes few other objects is hardly
 * ever collected, so it grows for minutes after its start, and by chance (docs/adr/0027-allocator.md).
 *
 * @returns a function to be called with the bytes that a finished job has left behind. It throws nothing.
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

/** V8's own collector, which is reached only by a flag. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
