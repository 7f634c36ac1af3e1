import { LISTEN_RATE_HZ } from '../../src/audio/format.js';
import type { Random } from '../../src/core/index.js';

/** Generates a sound without words at 16 kHz. The random numbers vary it. */
export type Sound = (random: Random) => Int16Array;

/** One to three bursts of breath with a voiced end. */
export const cough: Sound = (random) => {
  const bursts = 1 + Math.floor(random() * 3);
  const out = new Float64Array(seconds(0.1 + bursts * 0.38));
  for (let burst = 0; burst < bursts; burst++) {
    const from = seconds(0.05 + burst * (0.3 + random() * 0.08));
    const length = seconds(0.16 + random() * 0.12);
    const pitchHz = 110 + random() * 130;
    const band = resonator(700 + random() * 900, 500);
    for (let i = 0; i < length; i++) {
      const breath = (random() * 2 - 1) * Math.exp((-5 * i) / length) * Math.min(1, i / 60);
      const voice = i > length / 2 ? 0.4 * saw(pitchHz, i) * Math.sin((Math.PI * i) / length) : 0;
      out[from + i] = (out[from + i] ?? 0) + band(breath + voice * 0.5) + 0.3 * breath;
    }
  }
  return loud(out, -16 + random() * 8);
};

/** A hum with closed lips, whose pitch glides by up to 15 %. */
export const hum: Sound = (random) => {
  const length = seconds(0.3 + random() * 0.7);
  const out = new Float64Array(length);
  const startHz = 100 + random() * 130;
  const bend = 0.85 + random() * 0.3;
  const nose = resonator(260, 120);
  let phase = 0;
  for (let i = 0; i < length; i++) {
    phase += (startHz * (1 + ((bend - 1) * i) / length)) / LISTEN_RATE_HZ;
    const swell = Math.sin((Math.PI * i) / length);
    out[i] = nose((2 * (phase % 1) - 1) * swell + (random() - 0.5) * 0.02);
  }
  return loud(out, -24 + random() * 8);
};

/** A slamming door: a thump, a crack, the room. */
export const slam: Sound = (random) => {
  const length = seconds(0.6);
  const out = new Float64Array(length);
  const thumpHz = 60 + random() * 60;
  const crack = resonator(1200 + random() * 1500, 900);
  for (let i = 0; i < length; i++) {
    const t = i / LISTEN_RATE_HZ;
    const noise = random() * 2 - 1;
    out[i] =
      Math.sin(2 * Math.PI * thumpHz * t) * Math.exp(-t / 0.08) +
      0.8 * crack(noise * Math.exp(-t / 0.015)) +
      0.08 * noise * Math.exp(-t / 0.15);
  }
  return loud(out, -12 + random() * 6);
};

/** Three seconds of plucked strings: a melody over a bass. */
export const music: Sound = (random) => {
  const out = new Float64Array(seconds(3));
  const scale = [0, 2, 4, 7, 9, 12];
  const rootHz = 180 + random() * 120;
  const beat = 0.2 + random() * 0.15;
  for (let at = 0; at < 2.8; at += beat) {
    const step = scale[Math.floor(random() * scale.length)] ?? 0;
    pluck(out, seconds(at), rootHz * 2 ** (step / 12), 0.5);
    if (Math.round(at / beat) % 4 === 0) pluck(out, seconds(at), rootHz / 2, 0.8);
  }
  return loud(out, -26 + random() * 8);
};

function pluck(out: Float64Array, from: number, hz: number, gain: number): void {
  for (let i = 0; i < seconds(0.8) && from + i < out.length; i++) {
    let value = 0;
    for (let harmonic = 1; harmonic <= 5; harmonic++)
      value +=
        Math.sin((2 * Math.PI * hz * harmonic * i) / LISTEN_RATE_HZ) *
        Math.exp((-i * harmonic) / seconds(0.3)) *
        0.5 ** harmonic;
    out[from + i] = (out[from + i] ?? 0) + gain * value * Math.min(1, i / 40);
  }
}

function saw(hz: number, i: number): number {
  return 2 * (((i * hz) / LISTEN_RATE_HZ) % 1) - 1;
}

/** A resonance, as of the throat or of wood. */
function resonator(hz: number, widthHz: number): (value: number) => number {
  const r = Math.exp((-Math.PI * widthHz) / LISTEN_RATE_HZ);
  const a = 2 * r * Math.cos((2 * Math.PI * hz) / LISTEN_RATE_HZ);
  let [before, twoBefore] = [0, 0];
  return (value) => {
    const out = (1 - r) * value + a * before - r * r * twoBefore;
    [before, twoBefore] = [out, before];
    return out;
  };
}

const seconds = (s: number): number => Math.round(s * LISTEN_RATE_HZ);

/** Scales a sound so that its loudest 50 ms have the given level. */
export function loud(samples: ArrayLike<number>, dbfs: number): Int16Array {
  const gain = (32_768 * 10 ** (dbfs / 20)) / loudest(samples);
  return Int16Array.from(samples, (value) => Math.max(-32_768, Math.min(32_767, value * gain)));
}

/** Level of the loudest 50 ms of 16-bit samples. */
export function loudestDb(samples: ArrayLike<number>): number {
  return 20 * Math.log10(loudest(samples) / 32_768);
}

function loudest(samples: ArrayLike<number>): number {
  const block = seconds(0.05);
  let most = 1e-9;
  for (let at = 0; at < samples.length; at += block) {
    let sum = 0;
    for (let i = at; i < Math.min(samples.length, at + block); i++) sum += (samples[i] ?? 0) ** 2;
    most = Math.max(most, Math.sqrt(sum / block));
  }
  return most;
}
