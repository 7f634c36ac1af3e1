import { expect, it } from 'vitest';
import type { DeviceView } from '../api.js';
import { troubleOfOpening } from '../talk/browser-device.js';
import { SoundError } from '../talk/sound-card.js';
import { en } from '../words/en.js';
import { isLoopback } from './connect.js';
import { matches } from './devices.js';
import { modelNote } from './missing-model.js';

it('a model is not announced as coming if its download failed', () => {
  expect(modelNote({ state: 'downloading', percent: 12 }, 'zh', en)).toContain('being downloaded: 12 %');
  expect(modelNote({ state: 'waiting', percent: 0 }, 'zh', en)).toMatch(/could not be fetched/);
  expect(modelNote(undefined, 'zh', en)).toBe(en.talk.missingModel.zh);
});

it('the sound of the browser is not blamed while the server is unreachable', async () => {
  const gone = Promise.reject(Object.assign(new Error('fetch'), { code: 'unreachable' }));
  expect(await troubleOfOpening(new SoundError({ kind: 'failed' }), gone)).toEqual({ kind: 'lost' });
  const there = Promise.resolve('ws://x');
  expect(await troubleOfOpening(new SoundError({ kind: 'failed' }), there)).toEqual({ kind: 'failed' });
  expect(await troubleOfOpening(new SoundError({ kind: 'denied' }), there)).toEqual({ kind: 'denied' });
});

it.each([
  ['http://127.0.0.1:8000/xiaozhi/ota/', true],
  ['http://localhost:8000/', true],
  ['http://[::1]:8000/', true],
  ['http://localhost.example.com/', false],
  ['http://127.0.0.1.example.com/', false],
  ['http://192.168.1.5:8000/', false],
])('%s is only for this machine: %s', (url, only) => {
  expect(isLoopback(url)).toBe(only);
});

it('a device is found by words of its name, address and board', () => {
  const device = { deviceId: 'a0:85:e3:f4:49:34', name: 'Room 4b', board: 'esp-box-3' } as DeviceView;
  expect(['', '4b', 'room BOX', '49:34', 'room 77'].map((text) => matches(device, text))).toEqual([
    true,
    true,
    true,
    true,
    false,
  ]);
});
