import { fileURLToPath } from 'node:url';
import { noMetrics, Scope, silentLogger, systemClock } from '../../src/core/index.js';
import { SupervisedChild } from '../../src/engines/processes/supervisor.js';

// Starts a child, prints its process id, and waits to be killed.
const child = new SupervisedChild({
  name: 'orphan',
  entry: { file: fileURLToPath(new URL('odd-child.js', import.meta.url)), execArgv: [] },
  niceness: 10,
  clock: systemClock,
  log: silentLogger,
  metrics: noMetrics,
  scope: new Scope('orphan', () => undefined),
  startTimeoutMs: 20_000,
  init: {},
});
await child.start();
process.stdout.write(`${child.status().pid}\n`);
