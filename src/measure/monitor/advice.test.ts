import { describe, expect, it } from 'vitest';
import { figures, machine } from '../../../test/fakes/monitor-observation.js';
import { configJsonSchema } from '../../config/index.js';
import { summarise, type Summary } from '../statistics.js';
import type { Advice, Text } from '../report/index.js';
import { adviceFor } from './advice.js';
import type { Figures } from './figures.js';
import { judge } from './targets.js';

const en = (text: Text): string => (typeof text === 'string' ? text : text.en);
const textOf = (advice: readonly Advice[]): string =>
  advice.map(({ found, remedies }) => [en(found), ...remedies.map(en)].join('\n')).join('\n');
const advise = (of: Figures): readonly Advice[] => adviceFor(of, judge(of));

const answers = (change: Partial<Figures['answers']>): Figures['answers'] => ({ ...figures().answers, ...change });
const slow = (stages: Readonly<Record<string, Summary>>): Figures =>
  figures({ answers: answers({ firstSound: summarise([3000, 3200]), firstSoundMs: [3000, 3200] }), stages });
const many = (ms: number): Summary => summarise(Array.from({ length: 200 }, () => ms));
const server = (change: Partial<Figures['server']>): Figures['server'] => ({ ...figures().server, ...change });

const TABLE: readonly (readonly [name: string, of: Figures, says: readonly RegExp[], not?: RegExp])[] = [
  [
    'the recognition queue',
    slow({ asr_wait: many(2100), asr_run: many(200) }),
    [
      /speech recognition queue waited 2\.10 s at the 95th percentile/,
      /chorus models pull/,
      /`asr\.max_workers`/,
      /`max_concurrent_sessions`/,
    ],
    /recognition itself/,
  ],
  [
    'recognition itself, of few turns at worst',
    slow({ asr_run: summarise([900, 1500]) }),
    [/recognition itself took 1\.50 s at worst/, /smaller model/],
    /95th/,
  ],
  [
    'recognition while others have the CPU',
    { ...slow({ asr_run: many(1500) }), machine: machine({ cpuMean: 0.95, serverCores: 0.4 }) },
    [
      new RegExp(
        String.raw`^Other programs than the server used 83 %[\s\S]*recognition itself took 1\.50 s .*\n` +
          'Other programs had 83 % of the CPU meanwhile: that comes first',
      ),
    ],
    /smaller model/,
  ],
  [
    'the language model, although its time is allowed for',
    slow({ llm_first_chunk: many(2500) }),
    [/language model took 2\.50 s in half of the turns/, /`llm\.model`/],
  ],
  [
    'the language model among others',
    slow({ llm_first_chunk: summarise([200, 200, 2500]) }),
    [/language model took 2\.50 s at worst/, /`llm\.model`/],
  ],
  ['the voice', slow({ tts_first_audio: many(1400) }), [/voice took 1\.40 s/, /`tts\.provider`/]],
  [
    'the end of speech',
    slow({ endpoint: many(1200) }),
    [/1\.20 s .* to be sure that the person had finished/, /`vad\.max_silence_ms`/],
  ],
  [
    'waiting for permission',
    slow({ admission: many(2000) }),
    [/waited 2\.00 s .* for permission to talk/, /`max_concurrent_sessions` only helps while/],
  ],
  ['no long stage: the network', slow({ endpoint: many(300) }), [/No stage inside the server was long/, /network/]],
  [
    'from outside, nothing is known of stages',
    { ...slow({}), devices: undefined },
    [/on the machine of the server/],
    /No stage/,
  ],
  [
    'CPU of the recognition',
    figures({
      machine: machine({ cpuMean: 0.9, serverCores: 3.2, processes: [{ name: 'asr', cores: 2.8, memoryMaxBytes: 1 }] }),
    }),
    [/used 3\.2 cores, its process `asr` 2\.8/, /smaller model/, /`max_concurrent_sessions`/],
    /Other programs/,
  ],
  [
    'CPU of a local voice',
    figures({
      machine: machine({ cpuMean: 0.9, serverCores: 3.2, processes: [{ name: 'tts', cores: 2.8, memoryMaxBytes: 1 }] }),
    }),
    [/`tts\.provider`/],
  ],
  [
    'CPU of others',
    figures({ machine: machine({ cpuMean: 0.9, serverCores: 0.4 }) }),
    [/Other programs than the server used 78 %/, /`top`/],
    /its process/,
  ],
  [
    'CPU taken by the host',
    figures({ machine: machine({ cpuMean: 0.9, stolenMean: 0.6 }) }),
    [/gave 60 % of the CPU to others/],
    /Other programs/,
  ],
  [
    'CPU, no processes known',
    figures({ machine: machine({ cpuMean: 0.9, processes: [], serverCores: 0 }) }),
    [/busy 90 % of the time/, /more cores/],
    /Other programs/,
  ],
  [
    'the limit of a container',
    figures({
      machine: machine({
        container: { cpuQuota: 1.5, cpuMean: 0.95, throttled: 0.4, memoryLimitBytes: undefined, memoryMax: undefined },
      }),
    }),
    [/stopped it in 40 % of all periods/, /now 1\.5/],
  ],
  [
    'memory of others',
    figures({ machine: machine({ memoryMax: 0.9 }) }),
    [/7\.2 GB of 8\.0 GB were in use, of which the server 430 MB \(most of it `asr`\)/, /other programs/],
    /smaller models/,
  ],
  [
    'memory, no processes known',
    figures({ machine: machine({ memoryMax: 0.9, processes: [], serverMemoryMaxBytes: 0 }) }),
    [/7\.2 GB of 8\.0 GB were in use\./, /more memory/],
    /the server 0/,
  ],
  [
    'memory of the server',
    figures({ machine: machine({ memoryMax: 0.9, serverMemoryMaxBytes: 6 * 2 ** 30 }) }),
    [/of which the server 6\.0 GB/, /smaller models/i],
  ],
  [
    'memory of a container',
    figures({
      machine: machine({
        container: {
          cpuQuota: undefined,
          cpuMean: undefined,
          throttled: undefined,
          memoryLimitBytes: 2 ** 30,
          memoryMax: 0.95,
        },
      }),
    }),
    [/95 % of its 1\.0 GB/, /mem_limit/],
  ],
  [
    'nearly as many connections as the server accepts',
    figures({ server: server({ connections: { most: 1900, limit: 2000 } }) }),
    [/1900 of the 2000 device connections/, /server\.max_connections/],
  ],
  [
    'a late event loop on a crowded CPU',
    figures({ machine: machine({ waitedForCpu: 0.5 }), server: server({ loopDelayP99Ms: { median: 40, worst: 90 } }) }),
    [/up to 90 ms late/, /waited 50 % of the time/],
  ],
  [
    'a late event loop, and the main process is full',
    figures({
      machine: machine({ processes: [{ name: 'main', cores: 0.95, memoryMaxBytes: 1 }] }),
      server: server({ loopDelayP99Ms: { median: 40, worst: 90 } }),
    }),
    [/second server/],
  ],
  [
    'a late event loop for no reason',
    figures({ server: server({ loopDelayP99Ms: { median: 40, worst: 90 } }) }),
    [/please report it/],
  ],
  [
    'underruns on the way',
    figures({ answers: answers({ underruns: 3, underrunMs: 700 }) }),
    [/broke 3 times in 10 turns/, /lost on the way/],
    /lead_max/,
  ],
  [
    'underruns of a short CPU',
    figures({ answers: answers({ underruns: 3 }), devices: undefined, machine: machine({ cpuMean: 0.95 }) }),
    [/CPU was short \(95 % busy\)/],
  ],
  [
    'underruns for no reason',
    figures({ answers: answers({ underruns: 3 }), devices: undefined }),
    [/`pacing\.lead_max_packets`/],
  ],
  [
    'turns refused',
    figures({ answers: answers({ failed: 4 }), server: server({ refused: 4 }) }),
    [/4 of 10 turns got no complete answer/, /told that the server is busy/],
  ],
  [
    'turns that failed with a code',
    figures({ answers: answers({ failed: 2 }), failureCodes: { 'llm.timeout': 2 } }),
    [/2 turns ended in `llm\.timeout`/],
  ],
  [
    'devices that wait for their codes',
    figures({ fleet: { devices: 4, absent: 2, errors: [] } }),
    [/2 of 4 simulated devices were never let in\./, /`chorus devices approve CODE`/, /`--data`/],
  ],
  [
    'devices of a server elsewhere that wait for their codes',
    figures({ fleet: { devices: 4, absent: 2, errors: [] }, devices: undefined }),
    [/on the machine of the server/],
  ],
  [
    'devices that were refused',
    figures({ fleet: { devices: 4, absent: 1, errors: ['device.refused: it answered 500'] } }),
    [/never let in: device\.refused: it answered 500/],
    /approve/,
  ],
  [
    'a late event loop of a machine that was not watched',
    figures({ machine: undefined, server: server({ loopDelayP99Ms: { median: 40, worst: 90 } }) }),
    [/`chorus monitor --mode both` on the machine of the server/],
    /CPU was free/,
  ],
  [
    'a server that is away',
    figures({ server: server({ unanswered: 5, engineRestarts: 2 }) }),
    [/did not answer 5 of 60 times/, /started again 2 times/],
  ],
];

describe('advice', () => {
  it.each(TABLE.map(([name, of, says, not]) => ({ name, of, says, not })))('$name', ({ of, says, not }) => {
    const text = textOf(advise(of));
    for (const pattern of says) expect(text).toMatch(pattern);
    if (not) expect(text).not.toMatch(not);
  });

  it('covers every missed target in both languages, and no target that holds', () => {
    expect(advise(figures())).toEqual([]);
    for (const [name, of] of TABLE) {
      const advice = advise(of);
      expect(
        judge(of).some(({ outcome }) => outcome === 'missed'),
        name,
      ).toBe(!name.includes('allowed for'));
      expect(advice.length, name).toBeGreaterThan(0);
      for (const { found, remedies } of advice) {
        expect(remedies.length, name).toBeGreaterThan(0);
        for (const text of [found, ...remedies]) {
          if (typeof text === 'string') throw new Error(`${name}: only one language: ${text}`);
          expect(text.zh, name).toMatch(/[一-鿿]/);
        }
      }
    }
  });

  it('names a cause once, and at most three stages', () => {
    const advice = advise(
      slow({
        asr_wait: many(900),
        asr_run: many(950),
        llm_first_chunk: summarise([100, 1500]),
        tts_first_audio: many(900),
        endpoint: many(1000),
      }),
    );
    expect(advice.map(({ found }) => en(found).slice(0, 22))).toHaveLength(3);
    expect(en(advice[0]?.found ?? '')).toMatch(/language model/);
  });

  it('names only keys that exist', () => {
    const keys = keysOf(configJsonSchema());
    const named = TABLE.flatMap(([, of]) =>
      [...textOf(advise(of)).matchAll(/`([a-z]+(?:[._][a-z_]+)+)(?:: [^`]*)?`/g)].map(([, key = '']) => key),
    ).filter((key) => !key.startsWith('mem_limit') && !/^(llm|capacity)\.(timeout|busy)$/.test(key));
    expect(new Set(named).size).toBeGreaterThan(8);
    for (const key of named) expect(keys, key).toContain(key);
  });
});

function keysOf(schema: unknown, prefix = ''): string[] {
  const properties = (schema as { properties?: Record<string, unknown> }).properties ?? {};
  return Object.entries(properties).flatMap(([name, inner]) => [prefix + name, ...keysOf(inner, `${prefix}${name}.`)]);
}
