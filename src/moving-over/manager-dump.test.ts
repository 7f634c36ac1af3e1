import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { generatedDump } from '../../test/fixtures/generated-dump.js';
import { readManagerDump } from './manager-dump.js';

const MEGABYTES = 48;

it('streams a large dump in bounded memory', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = (): number => {
    collect();
    const { heapUsed, arrayBuffers, external } = process.memoryUsage();
    return heapUsed + Math.max(arrayBuffers, external);
  };
  const before = held();
  let chunks = 0;
  let most = 0;
  const looking = function* (): Generator<Buffer> {
    for (const chunk of generatedDump(MEGABYTES * 1e6)) {
      if (++chunks % 400 === 0) most = Math.max(most, held() - before);
      yield chunk;
    }
  };
  const dump = await readManagerDump(Readable.from(looking()));
  expect(dump.devices).toHaveLength(1000);
  expect(dump.leftOut).toBe(0);
  expect(most).toBeGreaterThan(0);
  // The reader may keep two chunks and one value. A quarter of the file would already be 12 MB.
  expect(most / 1e6).toBeLessThan(8);
});

it('stops at Ctrl+C', async () => {
  const aborted = AbortSignal.abort(new Error('enough'));
  await expect(readManagerDump(Readable.from(generatedDump(1e6)), aborted)).rejects.toThrow('enough');
});

it('leaves out and counts rows that are too much to keep', async () => {
  const prompt = 'x'.repeat(60_000);
  const rows = function* (): Generator<Buffer> {
    for (let n = 0; n < 1500; n++)
      yield Buffer.from(`INSERT INTO ai_agent (id, system_prompt) VALUES ('${n}', '${prompt}');`);
  };
  const { agents, leftOut } = await readManagerDump(Readable.from(rows()));
  expect(agents.length + leftOut).toBe(1500);
  expect(agents.length).toBeGreaterThan(400);
  expect(leftOut).toBeGreaterThan(400);
});
