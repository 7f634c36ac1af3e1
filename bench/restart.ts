import { setMaxListeners } from 'node:events';
import { systemClock, sleep } from '../src/core/index.js';
import { loadClips } from './clips.js';
import { judgeRestart, middleAndLast, talkOn } from './restarting.js';
import { atMost, report, type Line } from './results.js';
import { startServer } from './servers.js';
import { bootDevice } from './talk.js';

/** Time for which all devices talk before the restart. */
const BEFORE_MS = 20_000;
/** Time for which they talk after the restart. In this time the new server must answer each device. */
const AFTER_MS = 25_000;

/**
 * Stops (SIGTERM) and starts the server while all devices talk. No reply may be cut off, and every device must
 * reconnect.
 */
export async function restart(devices: number): Promise<boolean> {
  const server = await startServer([
    'server.rate_limit_per_minute=100000',
    'auth.auto_bind_max=1000',
    `max_concurrent_sessions=${devices * 2}`,
    'load.target=off',
    'log.level=warn',
  ]);
  try {
    const clips = loadClips().map(({ clip }) => clip);
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const booted = await Promise.all(Array.from({ length: devices }, (_, index) => bootDevice(server, index)));
    const talking = booted.map(async (device, index) => {
      await sleep(systemClock, (index * 9_000) / devices);
      const shifted = [...clips.slice(index % clips.length), ...clips.slice(0, index % clips.length)];
      return talkOn(device, shifted, stop.signal);
    });
    await sleep(systemClock, BEFORE_MS);
    const phases = booted.map((device) => device.phase(systemClock.nowMs()) ?? 'between');
    const askedMs = systemClock.nowMs();
    const { goneMs } = await server.restart(new AbortController().signal);
    const readyMs = systemClock.nowMs();
    await sleep(systemClock, AFTER_MS);
    stop.abort();
    const done = await Promise.all(talking);
    const verdict = judgeRestart(done, askedMs, goneMs);
    return report(
      `restart-${devices}`,
      [
        {
          what: 'when it was asked to stop',
          value: ['talking', 'waiting', 'playing', 'between']
            .map((phase) => `${phases.filter((one) => one === phase).length} ${phase}`)
            .join(', '),
        },
        ...verdictLines(verdict, goneMs - askedMs, readyMs - goneMs),
        {
          what: 'turns',
          value: `${verdict.turns}, ${done.reduce((sum, { refused }) => sum + refused, 0)} tries found no server`,
        },
      ],
      { askedMs, goneMs, readyMs, devices: done },
    );
  } finally {
    await server.stop();
  }
}

function verdictLines(verdict: ReturnType<typeof judgeRestart>, stoppedInMs: number, startedInMs: number): Line[] {
  return [
    atMost('replies cut', verdict.cut.length, 0, ''),
    atMost('utterances begun before it and not answered', verdict.unanswered.length, 0, ''),
    { what: 'utterances begun in the moment of the close', value: String(verdict.late) },
    { what: 'asked to stop until the process was gone', value: `${(stoppedInMs / 1000).toFixed(1)} s` },
    { what: 'started until ready', value: `${(startedInMs / 1000).toFixed(1)} s` },
    atMost('gone until the last device talks again', Math.max(...verdict.backMs) / 1000, 15, 's', 1),
    { what: 'the same, middle / last', value: middleAndLast(verdict.backMs) },
    { what: 'gone until the answer sounds, middle / last', value: middleAndLast(verdict.answeredMs) },
    {
      what: 'of each device, last answer heard until it talks again, middle / last',
      value: middleAndLast(verdict.awayMs),
    },
    atMost('underruns', verdict.underruns, 0, ''),
    atMost('violations of the protocol', verdict.violations.length, 0, ''),
  ];
}
