import { describe, expect, it } from 'vitest';
import { openFilesLimit } from './open-files.js';

describe('openFilesLimit', () => {
  it('reads the limit of a process, on Linux only', () => {
    const lines =
      'Max processes   1  2  processes\nMax open files            64                   unlimited            files\n';
    const read = (path: string): string | undefined => (path === '/proc/7/limits' ? lines : undefined);
    expect(openFilesLimit(read, 7)).toEqual({ soft: 64, hard: Number.POSITIVE_INFINITY });
    expect(openFilesLimit(read)).toBeUndefined();
  });
});
