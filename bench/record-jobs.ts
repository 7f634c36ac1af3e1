// Makes a recording of a load from the logs of a server with `log.level=debug`, which has a line for each inference job
// and each turn: `npx tsx bench/record-jobs.ts LOG... OUT.json "description"`. bench/scheduling-orders.ts and
// test/scenarios/scheduling.test.ts replay the recordings in test/fixtures/recorded-jobs. For example, with the log
// next to the data folder of the run:
//   npx chorus bench --devices 20 --duration 100 --warmup 10 --set log.level=debug --set log.file=../jobs.log
//   npx tsx bench/record-jobs.ts PATH/jobs.log test/fixtures/recorded-jobs/NAME.json "twenty devices, ..."
import { readFile, writeFile } from 'node:fs/promises';
import { jobsOfLog } from '../test/scenarios/recorded-jobs.js';

const [about = '', out = '', ...logs] = process.argv.slice(2).toReversed();
const lines: Record<string, unknown>[] = [];
for (const log of logs) {
  for (const line of (await readFile(log, 'utf8')).split('\n'))
    if (/"msg":"(inference job|turn)"/.test(line)) lines.push(JSON.parse(line) as Record<string, unknown>);
}
const jobs = jobsOfLog(lines);
const devices = Math.max(...jobs.map(({ device }) => device)) + 1;
const minutes = Math.max(...jobs.map(({ endedMs }) => endedMs)) / 60_000;
await writeFile(
  out,
  `{"about": ${JSON.stringify(about)}, "devices": ${devices}, "jobs": ` +
    `[\n${jobs.map((job) => JSON.stringify(job)).join(',\n')}\n]}\n`,
);
console.log(`${jobs.length} jobs of ${devices} devices in ${minutes.toFixed(1)} minutes`);
