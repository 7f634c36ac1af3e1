import { atMost, report, type Line } from './results.js';
import { judgeReminders, remindAndKill, startReminderModel } from './reminding.js';
import { startServer } from './servers.js';

const DEVICES = 20;

/**
 * A hundred reminders are due in one second. The server is killed around that second, at another moment for each seed.
 */
export async function reminders(seeds: number): Promise<boolean> {
  const lines: Line[] = [];
  const runs: unknown[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    let dueMs = 0;
    const llm = await startReminderModel(() => dueMs);
    const server = await startServer([
      `llm.base_url=${llm.baseUrl}`,
      'llm.model=scripted',
      'llm.api_key=none',
      'server.rate_limit_per_minute=100000',
      'auth.auto_bind_max=100',
      `max_concurrent_sessions=${DEVICES * 2}`,
      'load.target=off',
      'log.level=warn',
    ]);
    try {
      const { killedAfterMs, hearings } = await remindAndKill({
        server,
        devices: DEVICES,
        seed,
        setDue: (at) => (dueMs = at),
      });
      const { lost, repeated, cut, before } = judgeReminders(hearings, DEVICES);
      lines.push(
        {
          what: `seed ${seed}: killed after the due moment, heard by then, cut by it`,
          value: `${(killedAfterMs / 1000).toFixed(1)} s, ${before}, ${cut}`,
        },
        atMost(`seed ${seed}: lost`, lost.length, 0, ''),
        atMost(`seed ${seed}: heard twice`, repeated.length, 0, ''),
      );
      runs.push({ seed, killedAfterMs, lost, repeated, cut, before, hearings });
    } finally {
      await server.stop();
      await llm.close();
    }
  }
  return report('reminders', lines, runs);
}
