import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { findModel, TURN_MODEL } from '../../src/engines/index.js';
import { checkFile } from '../../src/engines/models/checked-file.js';
import { FRAMES, LogMel, MELS } from '../../src/speech/listening/prosody/log-mel.js';
import { SmartTurn } from '../../src/speech/listening/prosody/smart-turn.js';
import { describeWith } from '../fakes/required.js';
import { clip, CLIP_NAMES } from '../fixtures/speech.js';
import { packagesOf } from './mandarin/utterances.js';

// Tests the features for the end-of-turn model smart-turn v3, using its real weights and the published code that
// computes the features.

const ENVIRONMENT = fileURLToPath(new URL('../../.counterparts', import.meta.url));
const FOLDER = join(packagesOf(ENVIRONMENT) ?? '', 'pipecat/audio/turn/smart_turn');
const WEIGHTS = join(FOLDER, 'data/smart-turn-v3.2-cpu.onnx');
const missing = existsSync(WEIGHTS)
  ? undefined
  : 'no .counterparts with the packages of test/counterparts/requirements.txt';

/** A program that reads 16-bit samples and writes 80 rows of 800 floats. */
const PUBLISHED = `
import importlib.util, sys
import numpy as np
spec = importlib.util.spec_from_file_location('features', sys.argv[1])
features = importlib.util.module_from_spec(spec)
spec.loader.exec_module(features)
sound = np.frombuffer(sys.stdin.buffer.read(), dtype='<i2').astype(np.float32) / 32768
sound = sound[-128000:]
sound = np.pad(sound, (128000 - len(sound), 0))
sys.stdout.buffer.write(features.compute_whisper_log_mel_features(sound).tobytes())
`;

function published(pcm: Int16Array): Float32Array {
  const out = execFileSync(join(ENVIRONMENT, 'bin/python'), ['-c', PUBLISHED, join(FOLDER, '_whisper_features.py')], {
    input: Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength),
    maxBuffer: 1 << 20,
  });
  return new Float32Array(out.buffer.slice(out.byteOffset, out.byteOffset + out.byteLength));
}

describeWith(
  missing,
  'smart-turn v3 with its real weights',
  () => {
    it('is the file of the catalogue', async () => {
      const { name, sizeBytes = 0, sha256 = '' } = findModel(TURN_MODEL)?.files[0] ?? { name: '' };
      await expect(checkFile({ name, path: WEIGHTS, sizeBytes, sha256 })).resolves.toBeUndefined();
    });

    it.each(CLIP_NAMES)('computes the same features of %s as the published code', (name) => {
      const pcm = clip(name);
      const expected = published(pcm);
      const features = new LogMel().features(pcm);
      expect(features).toHaveLength(MELS * FRAMES);
      const worst = features.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? NaN))), 0);
      expect(worst).toBeLessThan(1e-3);
    });

    it('detects whether a recorded sentence is over', async () => {
      const model = await SmartTurn.load(WEIGHTS);
      const whole = clip('austen-0870');
      expect(await model.probability(whole)).toBeGreaterThan(0.9);
      // After three seconds, the speaker is in the middle of a phrase.
      expect(await model.probability(whole.subarray(0, 48_000))).toBeLessThan(0.5);
    });
  },
  'smart-turn',
);
