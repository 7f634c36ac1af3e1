import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../src/core/index.js';
import { fleetOptions, runFleet, SCENARIOS, type Scenario } from '../src/measure/fleet/index.js';
import { atMost, report } from './results.js';

// Measures the cost of the simulated devices alone, against an echo server: `tsx bench/fleet-cost.ts [DEVICES]
// [SECONDS] [SCENARIO]`. Only CPU time and memory have bounds, so other load on the machine does not matter.

const [devices = 200, seconds = 60] = process.argv.slice(2, 4).map(Number);
const scenario = (SCENARIOS.find((name) => name === process.argv[4]) ?? 'steady') satisfies Scenario;
const stub = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('echo-stub.ts', import.meta.url))], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const [line] = (await once(stub.stdout, 'data')) as [Buffer];
  const result = await runFleet(
    fleetOptions({ otaUrl: line.toString().trim(), devices, durationMs: seconds * 1000, scenario }),
    {
      clock: systemClock,
      signal: AbortSignal.timeout((seconds + 300) * 1000),
      onProgress: ({ second, turns, failed, firstSoundMs }) =>
        process.stderr.write(
          `\r${second.atS} s  talking ${second.talking}  playing ${second.playing}  ` +
            `turns ${turns}, failed ${failed}  first ` +
            `sound ${firstSoundMs.kind === 'none' ? '-' : Math.round(firstSoundMs.median)} ms   `,
        ),
    },
  );
  const { own, totals } = result;
  const holds = report(
    `fleet-cost-${scenario}-${devices}`,
    [
      { what: 'turns complete', value: `${totals.complete} of ${totals.turns}` },
      {
        what: 'turns of each device in a minute',
        value: `${totals.turnsPerMinute.actual} (planned ${totals.turnsPerMinute.planned})`,
      },
      atMost('CPU of the fleet', own.cpuCores, 0.5 * Math.max(1, devices / 200), 'cores', 2),
      atMost('memory of the fleet', own.rssBytes / 2 ** 20, 300 * Math.max(1, devices / 200), 'MB'),
      {
        what: 'delay of sent packets',
        value:
          own.sendLateness.kind === 'many'
            ? `p50 ${own.sendLateness.median}, p99 ${own.sendLateness.p99}, max ${own.sendLateness.max} ms`
            : '-',
      },
      {
        what: 'event loop',
        value:
          `p99 ${own.loopDelayP99Ms} ms, busy ${own.loopUtilisation}, longest ` +
          `standstill ${own.longestStandstillMs} ms`,
      },
      { what: 'valid', value: result.valid ? 'yes' : result.reasons.map(({ detail }) => detail).join('; ') },
    ],
    { totals, own, seconds: result.seconds },
  );
  process.exitCode = holds ? 0 : 1;
} finally {
  stub.kill();
}
