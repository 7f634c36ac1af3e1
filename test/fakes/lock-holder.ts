import { systemClock } from '../../src/core/index.js';
import { lockModel } from '../../src/engines/models/lock.js';

// Takes the lock of a model, prints when it has it, and waits to be killed.
const [directory = '', id = ''] = process.argv.slice(2);
await lockModel({
  directory,
  id,
  clock: systemClock,
  signal: new AbortController().signal,
  onLost: () => process.exit(1),
});
process.on('message', () => undefined); // Keeps the process alive.
process.send?.('locked');
