import { expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { Circuits } from './circuits.js';

function failing(circuits: Circuits, provider: object): boolean {
  for (let i = 0; i < 3; i++) circuits.of(provider).enter()?.failed();
  return circuits.of(provider).open;
}

it('a new provider with the same settings keeps the circuit until the service works again', async () => {
  const clock = new FakeClock();
  const circuits = new Circuits(clock);
  const [before, after] = [{}, {}];
  circuits.adopt(before, ['tts', 'acme', { api_key: 'k' }]);
  expect(failing(circuits, before)).toBe(true);
  circuits.adopt(after, ['tts', 'acme', { api_key: 'k' }]);
  expect(circuits.of(after).enter()).toBeUndefined();
  await clock.advance(30_000);
  circuits.of(after).enter()?.succeeded();
  expect(circuits.of(before).open).toBe(false);
});

it('other settings, another service, and a provider without settings have circuits of their own', () => {
  const circuits = new Circuits(new FakeClock());
  const [before, otherKey, otherService, alone] = [{}, {}, {}, {}];
  circuits.adopt(before, ['tts', 'acme', { api_key: 'k' }]);
  circuits.adopt(otherKey, ['tts', 'acme', { api_key: 'k2' }]);
  circuits.adopt(otherService, ['asr', 'acme', { api_key: 'k' }]);
  failing(circuits, before);
  expect([otherKey, otherService, alone].map((provider) => circuits.of(provider).open)).toEqual([false, false, false]);
  expect(failing(circuits, alone)).toBe(true);
});
