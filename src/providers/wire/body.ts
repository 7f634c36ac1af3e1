import { concatBytes } from '../../audio/index.js';

/** A body that is longer than `maxBytes` is truncated if `more` is `cut`, and is an error if `more` is `refuse`. */
export async function readBounded(response: Response, maxBytes: number, more: 'cut' | 'refuse'): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    parts.push(part as Uint8Array);
    bytes += (part as Uint8Array).byteLength;
    if (bytes <= maxBytes) continue;
    if (more === 'refuse') throw new Error(`the answer is longer than ${maxBytes} bytes`);
    break;
  }
  return concatBytes(parts).subarray(0, maxBytes);
}
