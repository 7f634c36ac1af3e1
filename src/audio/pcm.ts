/** Samples as Chorus keeps them between processes: signed 16-bit mono. Inside the speaking process: floats in -1..1. */

const INT16_SCALE = 32_768;

export function int16ToFloat(pcm: Int16Array): Float32Array {
  const floats = new Float32Array(pcm.length);
  for (let i = 0; i < pcm.length; i++) floats[i] = (pcm[i] ?? 0) / INT16_SCALE;
  return floats;
}

/** Rounds; values beyond full scale saturate instead of wrapping. */
export function floatToInt16(samples: Float32Array): Int16Array {
  const pcm = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    // Math.round, which minds negative zeros, made this loop take three times as long.
    const scaled = Math.floor((samples[i] ?? 0) * INT16_SCALE + 0.5);
    pcm[i] = scaled > 32_767 ? 32_767 : scaled < -32_768 ? -32_768 : scaled;
  }
  return pcm;
}

/** Whole samples of little-endian bytes, copied (the bytes may lie at an odd offset); a last odd byte is ignored. */
export function bytesToInt16(bytes: Uint8Array): Int16Array {
  const pcm = new Int16Array(bytes.byteLength >> 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < pcm.length; i++) pcm[i] = view.getInt16(i * 2, true);
  return pcm;
}

/** The same samples as little-endian bytes: a view, not a copy (every platform that Node runs on is little-endian). */
export function int16ToBytes(pcm: Int16Array): Uint8Array {
  return new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
}

export function concatInt16(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A single part is returned as it is. */
export function concatFloat(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1 && parts[0]) return parts[0];
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A single part is returned as it is. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0]) return parts[0];
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** Where the soft limiter begins to bend, as a part of full scale. */
const KNEE = 0.7;

/**
 * Multiplies by `gain` and bends what would exceed full scale instead of cutting it off: linear up to 0.7 of full scale,
 * above it a curve that approaches, and never reaches, 1.
 */
export function applyGain(pcm: Int16Array, gain: number): Int16Array {
  const out = new Float32Array(pcm.length);
  for (let i = 0; i < pcm.length; i++) {
    const value = ((pcm[i] ?? 0) / INT16_SCALE) * gain;
    const size = Math.abs(value);
    const bent = size <= KNEE ? size : KNEE + (1 - KNEE) * Math.tanh((size - KNEE) / (1 - KNEE)) * 0.999;
    out[i] = value < 0 ? -bent : bent;
  }
  return floatToInt16(out);
}

/** Root mean square relative to full scale, in dB; -Infinity for digital silence or no samples. */
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

/** Channels to mono by their mean. */
export function mixToMono(channels: readonly Float32Array[]): Float32Array {
  const [first] = channels;
  if (!first) return new Float32Array(0);
  if (channels.length === 1) return first;
  const mono = new Float32Array(first.length);
  for (const channel of channels)
    for (let i = 0; i < mono.length; i++) mono[i] = (mono[i] ?? 0) + (channel[i] ?? 0) / channels.length;
  return mono;
}
