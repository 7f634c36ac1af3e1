// Records the recognitions of a run: `npx tsx bench/record-jobs.ts [DEVICES [SECONDS]]` after `npm run build`. Devices talk to the built
// server; its own records of the turns become bench/results/recorded-jobs.json, which bench/scheduling-orders.ts replays.
import { writeFile } from 'node:fs/promises';
import { jobsOfTurns, type TurnOfRecord } from '../test/scenarios/recorded-jobs.js';
import { loadClips } from './clips.js';
import { startServer } from './server-under-test.js';
import { talk } from './talk.js';

const [devices = 8, seconds = 60] = process.argv.slice(2).map(Number);
const server = await startServer(['server.rate_limit_per_minute=10000', 'max_concurrent_sessions=100']);
try {
  const clips = loadClips();
  await Promise.all(Array.from({ length: devices }, (_, index) => talk(server, index, clips, { durationMs: seconds * 1000 })));
  const token = server.localToken;
  const answer = await fetch(`${server.baseUrl}/api/v1/turns`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  const { turns } = (await answer.json()) as { turns: TurnOfRecord[] };
  const jobs = jobsOfTurns(turns);
  await writeFile(new URL('results/recorded-jobs.json', import.meta.url), `${JSON.stringify({ devices, seconds, jobs })}\n`);
  console.log(`${jobs.length} recognitions of ${devices} devices`);
} finally {
  await server.stop();
}
