/** Processes exchange signed 16-bit mono samples. Speech is prepared as floats in -1..1. */

const INT16_SCALE = 32_768;

export function int16ToFloat(pcm: Int16Array): Float32Array {
  const floats = new Float32Array(pcm.length);
  for (let i = 0; i < pcm.length; i++) floats[i] = (pcm[i] ?? 0) / INT16_SCALE;
  return floats;
}

/** Values beyond full scale saturate instead of wrapping. */
export function floatToInt16(samples: Float32Array): Int16Array {
  const pcm = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    // `Math.round` would make this loop three times slower, because it distinguishes negative zero.
    const scaled = Math.floor((samples[i] ?? 0) * INT16_SCALE + 0.5);
    pcm[i] = scaled > 32_767 ? 32_767 : scaled < -32_768 ? -32_768 : scaled;
  }
  return pcm;
}

/** Copies little-endian bytes, which may start at an odd offset. A last odd byte is ignored. */
export function bytesToInt16(bytes: Uint8Array): Int16Array {
  const pcm = new Int16Array(bytes.byteLength >> 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < pcm.length; i++) pcm[i] = view.getInt16(i * 2, true);
  return pcm;
}

/** Returns a view, not a copy. Every platform of Node is little-endian. */
export function int16ToBytes(pcm: Int16Array): Uint8Array {
  return new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
}

/** A single part is returned unchanged. */
export const concatInt16 = (parts: readonly Int16Array[]): Int16Array => concat(parts, Int16Array);
export const concatFloat = (parts: readonly Float32Array[]): Float32Array => concat(parts, Float32Array);
export const concatBytes = (parts: readonly Uint8Array[]): Uint8Array => concat(parts, Uint8Array);

function concat<T extends Int16Array | Float32Array | Uint8Array>(
  parts: readonly T[],
  Kind: new (length: number) => T,
): T {
  if (parts.length === 1 && parts[0]) return parts[0];
  const whole = new Kind(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Root mean square relative to full scale, in dB. Silence and an empty array give -Infinity. */
export function rmsDbfs(samples: Float32Array | Int16Array): number {
  if (samples.length === 0) return -Infinity;
  const scale = samples instanceof Int16Array ? INT16_SCALE : 1;
  let sum = 0;
  for (let i = 0; i < samples.length; i++) {
    const value = (samples[i] ?? 0) / scale;
    sum += value * value;
  }
  return 10 * Math.log10(sum / samples.length);
}

/** Each sample is the mean of the channels. */
export function mixToMono(channels: readonly Float32Array[]): Float32Array {
  const [first] = channels;
  if (!first) return new Float32Array(0);
  if (channels.length === 1) return first;
  const mono = new Float32Array(first.length);
  for (const channel of channels)
    for (let i = 0; i < mono.length; i++) mono[i] = (mono[i] ?? 0) + (channel[i] ?? 0) / channels.length;
  return mono;
}
