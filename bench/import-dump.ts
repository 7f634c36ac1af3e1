// Measures time and memory for reading a large database dump of manager-api, the web console of xiaozhi-esp32-server:
// `tsx bench/import-dump.ts [MEGABYTES]`.
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openDump } from '../src/moving-over/dump-file.js';
import { readManagerDump } from '../src/moving-over/manager-dump.js';
import { generatedDump } from '../test/fixtures/generated-dump.js';

const megabytes = Number(process.argv[2] ?? 200);
const folder = await mkdtemp(join(tmpdir(), 'chorus-dump-'));
try {
  const file = join(folder, 'dump.sql');
  await pipeline(Readable.from(generatedDump(megabytes * 1e6)), createWriteStream(file));
  const { size } = await stat(file);
  const before = process.memoryUsage().rss;
  let peak = before;
  const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  const startMs = performance.now();
  const dump = await readManagerDump(await openDump(file));
  const seconds = (performance.now() - startMs) / 1000;
  clearInterval(sampling);
  console.log(
    JSON.stringify(
      {
        megabytes: size / 1e6,
        seconds,
        megabytesPerSecond: size / 1e6 / seconds,
        devices: dump.devices.length,
        rssBeforeMb: before / 1e6,
        rssPeakMb: peak / 1e6,
        grownByMb: (peak - before) / 1e6,
      },
      null,
      2,
    ),
  );
} finally {
  await rm(folder, { recursive: true });
}
