// `npm run bench -- NAME [ARGUMENT ...]` runs a measurement with real conversations. Without a name, it lists the
// measurements.

interface Measurement {
  readonly args: string;
  readonly about: string;
  readonly run: (first: string | undefined, second: string | undefined) => Promise<boolean>;
}

const number = (text: string | undefined, otherwise: number): number => Number(text ?? otherwise);

/** Each measurement is imported only when it runs, because it imports a large part of the server. */
const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  table: {
    args: '[MINUTES]',
    about: 'the rows of docs/capacity.md one after the other, as many as fit into the time',
    run: async (minutes) => (await import('./table.js')).table(number(minutes, 30)),
  },
  one: {
    args: '[TURNS]',
    about: 'one device: end of speech to first sound, first turn against later ones',
    run: async (turns) => (await import('./one.js')).one(number(turns, 20)),
  },
  several: {
    args: '[DEVICES] [SECONDS]',
    about: 'several devices at once, with all three kinds of queue',
    run: async (devices, seconds) =>
      (await import('./several.js')).several(number(devices, 5), number(seconds, 120) * 1000),
  },
  pacing: {
    args: '',
    about: 'how far each packet of a minute of speech leaves from its place on a steady clock',
    run: async () => (await import('./pacing.js')).pacing(),
  },
  burst: {
    args: '[ROUNDS]',
    about: 'how soon speech that the network held back is caught up with',
    run: async (rounds) => (await import('./burst.js')).burst(number(rounds, 10)),
  },
  turns: {
    args: '[curve [FILE] | smart-turn FILE]',
    about:
      'how many hesitant utterances are cut off, and how long the end of a turn is waited for; FILE: with and ' +
      'without the model smart-turn-v3',
    run: async (what, file) => (await import('./turns.js')).turns(what === 'curve', file),
  },
  interruptions: {
    args: '',
    about: 'a hundred sounds and a hundred real interruptions over replies: what stops them and what does not',
    run: async () => (await import('./interruptions.js')).interruptions(),
  },
  overheard: {
    args: '',
    about: 'what was said to the device and what was not: plain utterances, short answers, background talk, sounds',
    run: async () => (await import('./overheard.js')).overheard(),
  },
  echo: {
    args: '[SECONDS]',
    about: 'realtime mode with the device’s own reply in its microphone: false and real barge-ins',
    run: async (seconds) => (await import('./echo.js')).echo(number(seconds, 300) * 1000),
  },
  memory: {
    args: '',
    about: 'memory with idle connections, and with connections that come, talk and go',
    run: async () => (await import('./memory.js')).memory(),
  },
  connections: {
    args: '[both|idle|talking]',
    about: 'what one connection costs in memory',
    run: async (what = 'both') => (await import('./connections.js')).connections(what),
  },
  metrics: {
    args: '',
    about: 'what measuring costs at 40 devices',
    run: async () => (await import('./metrics-overhead.js')).metricsOverhead(),
  },
  restart: {
    args: '[DEVICES]',
    about: 'a restart while all devices talk: no reply is cut, every device is back',
    run: async (devices) => (await import('./restart.js')).restart(number(devices, 20)),
  },
  reminders: {
    args: '[SEEDS]',
    about: 'a hundred reminders due in one second while the server is killed: each is heard once',
    run: async (seeds) => (await import('./reminders.js')).reminders(number(seeds, 5)),
  },
  kills: {
    args: '[DEVICES] [SECONDS]',
    about: 'a child process of each kind is killed every 20 s: everybody is answered or hears an apology',
    run: async (devices, seconds) => (await import('./kills.js')).kills(number(devices, 20), number(seconds, 300)),
  },
  overload: {
    args: '[SECONDS] [DEVICES]',
    about: 'three times as many devices as are admitted',
    run: async (seconds, devices) =>
      (await import('./overload.js')).overload(
        number(seconds, 100),
        devices === undefined ? undefined : Number(devices),
      ),
  },
  auto: {
    args: '[FOUND.json|-] [SECONDS]',
    about: 'max_concurrent_sessions: auto against what `chorus bench --find-capacity --json` found',
    run: async (found, seconds) =>
      (await import('./auto.js')).auto(found === '-' ? undefined : found, number(seconds, 60)),
  },
  'first-turn': {
    args: '[STARTS]',
    about: 'the first turn after a start against the tenth',
    run: async (starts) => (await import('./first-turn.js')).firstTurn(number(starts, 3)),
  },
  services: {
    args: '[ROUNDS]',
    about: 'what the providers that nobody chose cost a server: start time, memory, first sound',
    run: async (rounds) => (await import('./services.js')).services(number(rounds, 4)),
  },
  limits: {
    args: '[auto|2c4g] [SECONDS]',
    about: 'inside 1.5 CPU and 3 GB; needs root',
    run: async (what = 'auto', seconds) => (await import('./limits.js')).limits(what, number(seconds, 600)),
  },
  storms: {
    args: '[all|wake|boot|churn] [SECONDS]',
    about: 'wake storms of 60, a boot storm of 500, churn of 20 connections a second',
    run: async (which = 'all', seconds) => (await import('./storms.js')).storms(which, number(seconds, 300) * 1000),
  },
  neighbours: {
    args: '[both|monologue|flood] [SECONDS]',
    about: 'twenty devices beside one that never stops, or that sends ten times too much',
    run: async (which = 'both', seconds) =>
      (await import('./neighbours.js')).neighbours(which, number(seconds, 28) * 1000),
  },
  recall: {
    args: '',
    about: 'how long a turn waits for its memory, among a thousand facts',
    run: async () => (await import('./recall.js')).recall(),
  },
  family: {
    args: '[MINUTES]',
    about: 'a family talks to three devices in English and Chinese; the transcript, and what is odd in it',
    run: async (minutes) => (await import('./family.js')).family(number(minutes, 60)),
  },
  household: {
    args: '[SECONDS]',
    about: 'twenty devices talk beside a home: five play music, a slow tool and picture, a PDF of 300 pages',
    run: async (seconds) => (await import('./household.js')).household(number(seconds, 28) * 1000),
  },
  music: {
    args: '[DEVICES] [SECONDS]',
    about: 'devices play MP3 and FLAC: cores, memory, holes, and how soon it stops',
    run: async (devices, seconds) =>
      (await import('./music.js')).music(number(devices, 10), number(seconds, 3600) * 1000),
  },
  attacks: {
    args: '[all|NAME,NAME] [SECONDS]',
    about: 'one device talks while each attack runs: pipelining, nested sign-in, floods, sockets',
    run: async (which = 'all', seconds) => (await import('./attacks.js')).attacks(which, number(seconds, 6)),
  },
  idle: {
    args: '[DEVICES]',
    about: 'twenty devices talk beside many that are connected and idle',
    run: async (devices) => (await import('./idle.js')).idle(number(devices, 1000)),
  },
  reload: {
    args: '[DEVICES] [TIMES]',
    about: 'the configuration changes again and again while all devices talk',
    run: async (devices, times) => (await import('./reload.js')).reload(number(devices, 20), number(times, 20)),
  },
  runtimes: {
    args: '[VERSION ...]',
    about: 'what each runtime of the speech models costs a decode',
    run: async () => (await import('./runtimes.js')).runtimes(process.argv.slice(3)),
  },
  soak: {
    args: '[DEVICES] [MINUTES]',
    about: 'devices talk for an hour: nothing grows',
    run: async (devices, minutes) => (await import('./soak.js')).soak(number(devices, 10), number(minutes, 60)),
  },
};

const [name = '', first, second] = process.argv.slice(2);
const measurement = MEASUREMENTS[name];
if (!measurement) {
  console.error('usage: npm run bench -- NAME [ARGUMENT ...]');
  for (const [other, { args, about }] of Object.entries(MEASUREMENTS))
    console.error(`  ${`${other} ${args}`.padEnd(42)} ${about}`);
}
process.exitCode = (await measurement?.run(first, second)) === true ? 0 : 1;
