// Speaks the notices of a data folder that are due. Prints `spoken ID` for each, and `noted N` when the database has
// recorded them. Stops after as many notices as its second argument says, and waits to be killed.
import { silentLogger, systemClock } from '../../src/core/index.js';
import { Notices } from '../../src/conversation/notices/index.js';
import { openStore } from '../../src/platform/store/index.js';

const [dataDir = '', most = '0', ...devices] = process.argv.slice(2);
const store = await openStore({ dataDir });
const say = (line: string): void => void process.stdout.write(`${line}\n`);
let spoken = 0;
let noted = 0;
const notices = new Notices({
  store: {
    ...bound(store.notices),
    claim: async (claim) => {
      const taken = await store.notices.claim(claim);
      if (taken.length > 0) say(`claimed ${taken.length}`);
      return taken;
    },
    spoken: async (ones, server) => {
      await store.notices.spoken(ones, server);
      if (ones.length > 0) say(`noted ${(noted += ones.length)}`);
    },
  },
  shared: false,
  clock: systemClock,
  log: silentLogger,
  holdMs: () => 0,
  alarmTone: () => true,
});

/** Makes the methods of an object its own properties. */
function bound<T extends object>(object: T): T {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(object)).filter((name) => name !== 'constructor');
  return Object.fromEntries(
    names.map((name) => [name, (object[name as keyof T] as (...given: unknown[]) => unknown).bind(object)]),
  ) as T;
}

notices.speakBy((deviceId, { id }) => {
  if (spoken >= Number(most)) return true;
  spoken += 1;
  setImmediate(() => {
    say(`spoken ${id}`);
    notices.over(deviceId, id, true);
  });
  return true;
});
for (const device of devices) notices.present(device);
await notices.run(new AbortController().signal);
