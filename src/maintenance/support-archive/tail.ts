import { open } from 'node:fs/promises';

/** Returns the last whole lines, at most `mostBytes` in all. The result is empty if the file cannot be read. */
export async function tailOf(path: string, mostBytes: number): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - mostBytes);
      const bytes = Buffer.alloc(size - start);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      const text = bytes.subarray(0, bytesRead).toString('utf8');
      return text.slice(start === 0 ? 0 : text.indexOf('\n') + 1, text.lastIndexOf('\n') + 1);
    } finally {
      await file.close();
    }
  } catch {
    return ''; // The file was removed meanwhile, or belongs to another user.
  }
}
