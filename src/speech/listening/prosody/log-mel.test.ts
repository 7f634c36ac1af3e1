import { expect, it } from 'vitest';
import { clip } from '../../../../test/fixtures/speech.js';
import { FRAMES, LogMel, MELS } from './log-mel.js';

/**
 * Computed by the published code of pipecat-ai 1.14.0 from the clip austen-0870 and its repetition. Values are [row,
 * frame, value]. Silence precedes audio that is shorter than 8 s.
 */
const PUBLISHED = [
  {
    name: 'three seconds',
    samples: 48000,
    mean: 0.2543,
    values: [
      [0, 0, 0.97914],
      [0, 499, 0.97889],
      [0, 500, 1.03045],
      [0, 501, 1.09969],
      [0, 731, 1.38058],
      [0, 799, 1.28726],
      [7, 0, -0.04581],
      [7, 499, -0.04581],
      [7, 500, 0.49516],
      [7, 501, 0.42004],
      [7, 731, 1.45075],
      [7, 799, 1.29201],
      [40, 0, -0.04581],
      [40, 499, -0.04581],
      [40, 500, 0.37613],
      [40, 501, 0.5648],
      [40, 731, 0.25708],
      [40, 799, 0.72968],
      [63, 0, -0.04581],
      [63, 499, -0.04581],
      [63, 500, 0.30941],
      [63, 501, 0.43643],
      [63, 731, 0.74162],
      [63, 799, 0.67379],
    ],
  },
  {
    name: 'the whole clip of 7.1 s',
    samples: 113600,
    mean: 0.52804,
    values: [
      [0, 0, 1.11103],
      [0, 499, 1.40506],
      [0, 500, 1.39841],
      [0, 501, 1.32337],
      [0, 731, 0.95202],
      [0, 799, 0.9861],
      [7, 0, -0.09569],
      [7, 499, 1.31908],
      [7, 500, 1.31789],
      [7, 501, 1.28945],
      [7, 731, 0.61378],
      [7, 799, 0.34326],
      [40, 0, -0.09569],
      [40, 499, 0.63648],
      [40, 500, 0.57723],
      [40, 501, 0.86306],
      [40, 731, 0.6583],
      [40, 799, 0.1004],
      [63, 0, -0.09569],
      [63, 499, 0.71627],
      [63, 500, 0.75718],
      [63, 501, 0.73614],
      [63, 731, 0.46891],
      [63, 799, 0.01802],
    ],
  },
  {
    name: '9.5 s, of which the last 8 count',
    samples: 152000,
    mean: 0.59218,
    values: [
      [0, 0, 1.46753],
      [0, 499, 1.15179],
      [0, 500, 1.18373],
      [0, 501, 1.41893],
      [0, 731, 1.04307],
      [0, 799, 1.10824],
      [7, 0, 1.4979],
      [7, 499, 1.20455],
      [7, 500, 1.45509],
      [7, 501, 1.37919],
      [7, 731, 1.42858],
      [7, 799, 1.59648],
      [40, 0, 0.91711],
      [40, 499, 0.47995],
      [40, 500, 0.46168],
      [40, 501, 0.45404],
      [40, 731, 1.32523],
      [40, 799, 0.92122],
      [63, 0, 0.46609],
      [63, 499, 0.24439],
      [63, 500, 0.26923],
      [63, 501, 0.11193],
      [63, 731, 0.84889],
      [63, 799, 0.72117],
    ],
  },
] as const;

const whole = clip('austen-0870');
const twice = Int16Array.from([...whole, ...whole]);
const mel = new LogMel();

it.each(PUBLISHED)('returns the published features of $name', ({ samples, mean, values }) => {
  const features = mel.features(twice.subarray(0, samples));
  expect(features).toHaveLength(MELS * FRAMES);
  for (const [row, frame, value] of values)
    expect(Math.abs((features[row * FRAMES + frame] ?? NaN) - value), `row ${row}, frame ${frame}`).toBeLessThan(1e-3);
  expect(features.reduce((sum, value) => sum + value, 0) / features.length).toBeCloseTo(mean, 3);
});

it('accepts silence and empty audio', () => {
  for (const pcm of [new Int16Array(0), new Int16Array(1), new Int16Array(200_000)])
    expect(new Set(mel.features(pcm))).toEqual(new Set([mel.features(pcm)[0]]));
  expect(mel.features(new Int16Array(0)).every(Number.isFinite)).toBe(true);
});

it('does not keep audio of the previous call', () => {
  mel.features(whole);
  expect(mel.features(twice.subarray(0, 48_000))).toEqual(new LogMel().features(twice.subarray(0, 48_000)));
});
