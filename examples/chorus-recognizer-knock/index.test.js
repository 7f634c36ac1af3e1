import { it } from 'node:test';
import { asrContract } from 'xiaozhi-chorus/testing';
import { knocking } from './index.js';

/** Three short bursts in two seconds, after 200 ms of silence. */
const speech = () =>
  Int16Array.from({ length: 32_000 }, (_, i) => (i >= 3200 && (i - 3200) % 9600 < 800 && i < 28_000 ? 12_000 : 0));

asrContract(it, {
  provider: () => knocking.create(knocking.settings.parse({}), {}),
  speech,
  heard: /^three knocks$/,
  language: 'en-US',
});
