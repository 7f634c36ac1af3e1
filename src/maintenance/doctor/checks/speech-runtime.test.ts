import { describe, expect, it } from 'vitest';
import { PINNED_SHERPA, reachedCost } from '../../../engines/index.js';
import { judgeSpeechRuntime } from './speech-runtime.js';

const pinned = {
  addon: PINNED_SHERPA,
  library: 'sherpa-onnx-linux-x64',
  version: PINNED_SHERPA,
  onnxRuntime: '1.24.4',
};
const zen4 = 'vendor_id\t: AuthenticAMD\ncpu family\t: 25\nflags\t: fpu avx512_vnni\n';
const ids = (recognition: readonly [model: string, ms: number][], cpuinfo = zen4, runtime: object = {}): string[] =>
  judgeSpeechRuntime({
    runtime: { ...pinned, ...runtime },
    recognition: recognition.map(([model, msPerSpeechSecond]) => ({ model, msPerSpeechSecond })),
    reached: reachedCost(cpuinfo),
  }).map(({ id }) => id);

describe('the check of what recognition costs', () => {
  it('reports a cost like that of the slow runtime, but not one that other work on the machine can explain', () => {
    expect(ids([['sensevoice-cost', 34]])).toEqual(['speech.ok']);
    expect(ids([['sense-voice-int8', 51]])).toEqual(['speech.ok']);
    expect(ids([['sense-voice-int8', 69]])).toEqual(['speech.slow']);
    expect(ids([['moonshine-tiny-en', 50]])).toEqual(['speech.ok']);
    expect(ids([['moonshine-tiny-en', 60]])).toEqual(['speech.slow']);
  });

  it('does not judge other models, or processors that nobody measured', () => {
    expect(ids([['whisper-base', 500]])).toEqual(['speech.ok']);
    expect(ids([['sensevoice-cost', 500]], zen4.replace('avx512_vnni', 'avx2'))).toEqual(['speech.ok']);
    expect(ids([['sensevoice-cost', 500]], 'vendor_id\t: GenuineIntel\ncpu family\t: 6\n')).toEqual(['speech.ok']);
    expect(ids([['sensevoice-cost', 500]], '')).toEqual(['speech.ok']);
    expect(ids([])).toEqual(['speech.ok']);
  });

  it('recognises a Xeon with AMX', () => {
    const cpuinfo = 'vendor_id\t: GenuineIntel\ncpu family\t: 6\nflags\t: avx512_vnni amx_int8\n';
    expect(ids([['moonshine-tiny-en', 40]], cpuinfo)).toEqual(['speech.ok']);
    expect(ids([['sensevoice-cost', 66]], cpuinfo)).toEqual(['speech.slow']);
  });

  it('distinguishes Zen 4 from Zen 5', () => {
    expect(reachedCost(zen4)?.family).toBe('AMD Zen 4');
    expect(reachedCost('vendor_id\t: AuthenticAMD\ncpu family\t: 26\nflags\t: avx512_vnni avx_vnni\n')).toMatchObject({
      family: 'AMD Zen 5',
      msPerSpeechSecond: { 'sense-voice-int8': 16.2, 'moonshine-tiny-en': 18.5 },
    });
  });
});

it('reports another version of the addon or of the library, but leaves a missing package to another check', () => {
  expect(ids([], '', { version: '1.13.8' })).toEqual(['speech.version']);
  expect(ids([], '', { addon: '1.13.8' })).toEqual(['speech.version']);
  expect(ids([], '', { addon: undefined, version: undefined })).toEqual(['speech.ok']);
});
