import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { ScriptedHttp, type HttpCall } from '../../../test/fakes/scripted-http.js';
import { silentLogger, systemClock, type Clock } from '../../core/index.js';
import { KeptConnections } from '../../platform/outbound/index.js';
import type { PeopleStore, PersonRecord } from '../../platform/store/index.js';
import type { ListeningEvent } from '../../speech/listening/listening-port.js';
import { ServerTools } from '../tools/index.js';
import { People } from './people.js';
import { rememberVoice } from './remember-voice.js';
import { VoiceprintApi } from './voiceprint-api.js';

const NEVER = new AbortController().signal;
const DEVICE = '02:00:00:00:00:01';
const speech = (ms: number): Int16Array => new Int16Array(ms * 16).fill(100);

class MapStore implements PeopleStore {
  readonly records = new Map<string, PersonRecord>();
  people(): Promise<readonly PersonRecord[]> {
    return Promise.resolve([...this.records.values()]);
  }
  keep(person: PersonRecord): Promise<boolean> {
    this.records.set(person.id, person);
    return Promise.resolve(true);
  }
  rename(id: string, name: string): Promise<boolean> {
    const known = this.records.get(id);
    if (known) this.records.set(id, { ...known, name });
    return Promise.resolve(known !== undefined);
  }
  remove(id: string): Promise<boolean> {
    return Promise.resolve(this.records.delete(id));
  }
}

const piece = (turnId: number, pcm: Int16Array, index = 0): ListeningEvent => ({
  type: 'piece',
  turnId,
  index,
  revision: 0,
  pcm,
  startMs: 0,
  endMs: pcm.length / 16,
  committed: false,
});

describe('the client of voiceprint-api', () => {
  let server: ScriptedHttp;
  let http: KeptConnections;
  const client = (clock: Clock = systemClock, url = `${server.url}/voiceprint/health?key=k%201`): VoiceprintApi =>
    new VoiceprintApi({ url, apiKey: undefined, threshold: 0.4, fetch: http.fetch, clock });
  beforeEach(async () => {
    server = await ScriptedHttp.start();
    http = new KeptConnections({ clock: systemClock });
  });
  afterEach(async () => {
    http.close();
    await server.close();
  });
  const body = ({ body: bytes }: HttpCall): string => bytes.toString('latin1');

  it("sends the requests that the Python project's server sends", async () => {
    server.script(
      { status: 200, body: '{"success":true,"msg":"x"}' },
      { status: 200, body: '{"speaker_id":"b","score":0.7}' },
      { status: 200, body: '{"speaker_id":"b","score":0.39}' },
      { status: 200, body: '{"speaker_id":"someone else","score":0.9}' },
      { status: 200, body: '{"speaker_id":"","score":0}' },
      { status: 200, body: '{"success":true,"msg":"x"}' },
      { status: 404, body: '{}' },
    );
    const api = client();
    await api.register('a', speech(1000), NEVER);
    expect(await api.identify(['a', 'b'], speech(1000), NEVER)).toBe('b');
    for (let n = 0; n < 3; n++) expect(await api.identify(['a', 'b'], speech(1000), NEVER)).toBeUndefined();
    await api.remove('a b', NEVER);
    await api.remove('a', NEVER);
    expect(server.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /voiceprint/register',
      ...Array.from({ length: 4 }, () => 'POST /voiceprint/identify'),
      'DELETE /voiceprint/a%20b',
      'DELETE /voiceprint/a',
    ]);
    expect(server.calls.every(({ headers }) => headers.authorization === 'Bearer k 1')).toBe(true);
    const [register, identify] = server.calls as [HttpCall, HttpCall];
    expect(body(register)).toMatch(/name="speaker_id"\r\n\r\na\r\n[^]*name="file"; filename="voice\.wav"[^]*RIFF/);
    expect(body(identify)).toMatch(/name="speaker_ids"\r\n\r\na,b\r\n/);
    expect(await api.identify([], speech(1000), NEVER)).toBeUndefined();
  });

  it.each([
    ['an error', { status: 500, body: 'boom' }, 'answered with HTTP 500'],
    ['a refused key', { status: 401 }, 'refuses the key'],
    ['garbage', { status: 200, body: '\u0000<<' }, 'unreadable'],
    ['another shape', { status: 200, body: '{"speaker_id":7}' }, 'unreadable'],
    ['half an answer', 'cut', 'broke off'],
    ['50 MB', 'flood', 'far too much'],
  ] as const)('fails with %s, and tells the reason', async (_, script, words) => {
    server.script(script);
    await expect(client().identify(['a'], speech(1000), NEVER)).rejects.toMatchObject({
      code: 'voiceprint.failed',
      message: expect.stringContaining(words) as string,
    });
  });

  it('sends no request during a pause that the service asks for, and waits 10 s at most', async () => {
    const clock = new FakeClock();
    server.script({ status: 429, headers: { 'retry-after': '30' } });
    const api = client(clock);
    await expect(api.identify(['a'], speech(1000), NEVER)).rejects.toThrow('pause of 30 s');
    await expect(api.identify(['a'], speech(1000), NEVER)).rejects.toThrow('pause of 30 s');
    expect(server.calls).toHaveLength(1);
    server.script('silent');
    await clock.advance(30_000);
    const asked = api.identify(['a'], speech(1000), NEVER);
    asked.catch(() => undefined);
    await expect.poll(() => server.calls.length).toBe(2);
    await clock.advance(10_000);
    await expect(asked).rejects.toThrow('did not answer in time');
  });
});

describe('people', () => {
  let clock: FakeClock;
  let store: MapStore;
  let people: People;
  let answer: (id: string | undefined | Error) => void;
  let asked: number[];
  let removed: string[];
  const fork = (work: (signal: AbortSignal) => Promise<void>): void => void work(NEVER);
  beforeEach(async () => {
    clock = new FakeClock();
    store = new MapStore();
    asked = [];
    removed = [];
    people = new People({
      store,
      clock,
      log: silentLogger,
      voiceprints: () => ({
        register: () => Promise.resolve(),
        remove: (id) => Promise.resolve(void removed.push(id)),
        identify: (_, pcm) => {
          asked.push(pcm.length / 16);
          return new Promise((resolve, reject) => {
            answer = (id) => (id instanceof Error ? reject(id) : resolve(id));
          });
        },
      }),
    });
    await store.keep({ id: 'anna', name: 'Anna', createdMs: 0 });
  });
  const settle = (): Promise<void> => clock.advance(0);

  it('are identified once per utterance, in the background, and only for the turn of that utterance', async () => {
    const speaker = people.open(DEVICE, fork);
    speaker.heard(piece(1, speech(400)));
    expect(asked).toEqual([]);
    speaker.heard(piece(1, speech(700), 1));
    await settle();
    expect(asked).toEqual([1100]);
    speaker.heard(piece(1, speech(3000), 2));
    await settle();
    expect(asked).toEqual([1100]);
    expect(speaker.personIn([1])).toBeUndefined();
    answer('anna');
    await settle();
    expect(speaker.personIn([1])).toBe('Anna');
    speaker.heard(piece(2, speech(2000)));
    await settle();
    expect(speaker.personIn([2])).toBeUndefined();
  });

  it('are waited for briefly if the agent answers only known people; a failure means nobody', async () => {
    const speaker = people.open(DEVICE, fork);
    expect(await speaker.certain(NEVER)).toBeUndefined();
    speaker.heard(piece(1, speech(1500)));
    const known = speaker.certain(NEVER);
    await settle();
    answer('anna');
    expect(await known).toBe('Anna');
    speaker.heard(piece(2, speech(1500)));
    const late = speaker.certain(NEVER);
    await settle();
    await clock.advance(2000);
    expect(await late).toBeUndefined();
    answer(new Error('gone'));
    speaker.heard(piece(3, speech(200)));
    expect(await speaker.certain(NEVER)).toBeUndefined();
  });

  it('are enrolled with the sentence that they have just spoken', async () => {
    const tools = new ServerTools({ id: 'server', tools: [rememberVoice(people)], clock });
    const source = tools.for({ deviceId: DEVICE, language: 'en', timeZone: 'UTC', log: silentLogger });
    const remember = async (name: string): Promise<string> =>
      (await source.call('remember_voice', { name }, NEVER)).text;
    expect(await source.call('remember_voice', { name: 'Ben' }, NEVER)).toEqual({
      text: 'Too little was heard. Ask the person for a whole sentence, then call this again.',
      say: 'I heard too little of your voice. Please say it once more, in a longer sentence.',
    });
    const speaker = people.open(DEVICE, fork);
    speaker.heard(piece(1, speech(2500)));
    expect(await remember('Ben')).toBe('The voice of Ben is remembered.');
    expect(await remember('ben')).toBe('The voice of ben is remembered.');
    expect((await people.list()).map(({ name }) => name)).toEqual(['Anna', 'Ben']);
    // A short sentence may be that of somebody else.
    speaker.heard(piece(2, speech(700)));
    expect(await remember('Zoe')).toContain('Too little was heard');
    speaker.heard(piece(2, speech(700), 1));
    expect(await remember('Ben')).toBe('The voice of Ben is remembered.');
    speaker.heard({ type: 'utterance_ended', turnId: 3, pieces: 0 } as ListeningEvent);
    expect(await remember('Ben')).toBe('The voice of Ben is remembered.');
    people.close(DEVICE, speaker);
    expect(await remember('Zoe')).toContain('Too little was heard');
  });

  it('are removed from the service first, then here', async () => {
    expect(await people.forget('nobody', NEVER)).toBe(false);
    expect(await people.forget('anna', NEVER)).toBe(true);
    expect(removed).toEqual(['anna']);
    expect(await people.list()).toEqual([]);
  });

  it('are not identified and cannot be enrolled without a service', async () => {
    const off = new People({ store, clock, log: silentLogger, voiceprints: () => undefined });
    expect(off.on).toBe(false);
    await expect(off.enroll('Ben', speech(2000), NEVER)).rejects.toMatchObject({ code: 'voiceprint.failed' });
    await expect(off.forget('anna', NEVER)).rejects.toMatchObject({ code: 'voiceprint.failed' });
    expect(await off.list()).toHaveLength(1);
  });
});
