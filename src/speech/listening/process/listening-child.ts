import { Scope, systemClock } from '../../../core/index.js';
import { collectingAfter, serveChild } from '../../../engines/child.js';
import { SileroDetector } from '../../../providers/vad/silero.js';
import { ListenerPool } from './listener-pool.js';
import type { ListeningInit, Tick } from '../protocol.js';

// Entry of the listening process, which decodes Opus, detects voice activity and assembles utterances for all devices.

let pool: ListenerPool | undefined;

/** Bytes of garbage for 32 ms of audio: decoded samples (1 kB), floats (2 kB) and detector state (1 kB). */
const LEFT_BY_WINDOW = 4096;
/** The garbage of about four minutes of sound. A collection takes a few ms. */
const garbage = collectingAfter(32 * 2 ** 20);

const scope = new Scope('listening', (name, error) => {
  // A process whose inference fails is useless, so its supervisor starts another.
  process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
  process.disconnect();
});

const parent = serveChild({
  async init(value) {
    const init = value as ListeningInit; // Both ends are the same build.
    const detector = await SileroDetector.load(init.modelPath);
    pool = new ListenerPool(detector, init, systemClock, scope, (heard) => {
      parent.emit(heard);
      garbage(heard.stats.vadWindows * LEFT_BY_WINDOW);
    });
  },
  async call(request) {
    pool?.tick(request as Tick);
  },
});
