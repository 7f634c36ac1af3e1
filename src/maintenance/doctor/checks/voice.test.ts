import { expect, it } from 'vitest';
import { both } from '../../../core/index.js';
import { judgeVoices, type VoiceTrial } from './voice.js';

const detail = both('the Edge service cannot be reached', '连不上 Edge 语音服务');
const trial = (nameless: boolean): VoiceTrial => ({
  service: 'edge',
  host: 'speech.example',
  chosen: true,
  ms: 10,
  failure: { code: 'tts.unreachable', detail, nameless },
});

it('says in the reader’s language why a voice service is out of reach', () => {
  expect(judgeVoices([trial(false)], 'edge')).toMatchObject([
    { severity: 'fault', what: { zh: 'edge（speech.example）：连不上 Edge 语音服务' } },
  ]);
});

it('a name that cannot be resolved is one fault, that of the names', () => {
  expect(judgeVoices([trial(true)], 'edge')).toMatchObject([{ severity: 'note' }]);
});
