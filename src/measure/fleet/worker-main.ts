import { systemClock } from '../../core/index.js';
import { runGroup } from './device-group.js';
import { networkTransport } from './transport.js';
import type { FromWorker, ToWorker } from './worker-protocol.js';

// Entry of a worker process, which runs devices `from` to `to`. It ends with its parent.

const controller = new AbortController();
let prepared: Extract<ToWorker, { readonly type: 'prepare' }> | undefined;

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

async function go(work: Extract<ToWorker, { readonly type: 'prepare' }>): Promise<void> {
  const { run, speech, from, to } = work;
  const transport = networkTransport(run, { clock: systemClock, stream: `links ${from}` });
  try {
    const report = await runGroup(
      { run, speech, from, to, clock: systemClock, transport, onSecond: (second) => tell({ type: 'second', second }) },
      controller.signal,
    );
    tell({ type: 'done', report });
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  } finally {
    await transport.close();
    process.disconnect();
  }
}

process.on('message', (message: ToWorker) => {
  if (message.type === 'prepare') {
    prepared = message;
    tell({ type: 'ready' });
  } else if (prepared) {
    go(prepared).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exitCode = 1;
    });
  }
});
process.on('disconnect', () => controller.abort(new Error('the parent is gone')));
// The terminal's SIGINT reaches the whole process group, but the parent decides when the workers end.
process.on('SIGINT', () => undefined);
