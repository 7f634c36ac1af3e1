import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PINNED_SHERPA } from '../../src/engines/index.js';
import { newDataFolder } from './prepared-phrases.js';
import { ServerUnderTest } from './server.js';

const LOADED = { 'load.target': '0.7' };

describe('the self-test of an idle server', () => {
  it('measures the model and voice in use, limits the devices accordingly, and survives a restart', async () => {
    const dataDir = await newDataFolder('chorus-self-test-');
    try {
      const server = await ServerUnderTest.start(LOADED, true, dataDir);
      // Until the self-test has measured the models, the estimate uses how long they took to load.
      expect(server.running.status().capacity).toMatchObject({ source: 'self_test' });
      const file = join(dataDir, 'measured-costs.json');
      const measured = async (): Promise<Record<string, { coreSeconds: number }>> =>
        (
          JSON.parse(await readFile(file, 'utf8').catch(() => '{"costs":{}}')) as {
            costs: Record<string, { coreSeconds: number }>;
          }
        ).costs;
      await expect
        .poll(
          async () =>
            Object.keys(await measured())
              .map((key) => key.split(' | ').slice(3).join(' '))
              .sort(),
          { timeout: 60_000, interval: 250 },
        )
        .toEqual([
          `asr moonshine-tiny-en sherpa-onnx ${PINNED_SHERPA}`,
          'conversation',
          `tts flite sherpa-onnx ${PINNED_SHERPA}`,
        ]);
      // The packaged model recognises a second of speech in less than a second on any machine. So one core serves at
      // least one device.
      for (const { coreSeconds } of Object.values(await measured()))
        expect(coreSeconds > 0.001 && coreSeconds < 1).toBe(true);
      const { costCores } = server.running.status().capacity;
      await server.running.drain('again');

      const again = await ServerUnderTest.start(LOADED, false, dataDir);
      expect(again.running.status().capacity).toMatchObject({ source: 'self_test', costCores });
      await again.stop();
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 120_000);
});
