import { it } from 'node:test';
import { OVERLONG_BYTES, ttsContract } from 'xiaozhi-chorus/testing';
import { humming } from './index.js';

const request = { text: 'The quick brown fox jumps over the lazy dog.', language: 'en-US' };
/** A text with enough letters for more than `OVERLONG_BYTES` of humming. */
const overlong = 'x'.repeat(Math.ceil(OVERLONG_BYTES / 2 / 24_000 / 0.065) + 1000);

ttsContract(it, () => ({
  provider: humming.create(humming.settings.parse({}), {}),
  request,
  open: () => 0,
  endless: () => ({ ...request, text: overlong }),
  overlong: () => ({ ...request, text: overlong }),
}));
