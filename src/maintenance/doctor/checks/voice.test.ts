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

it('says in the reader’s language why a voice service cannot be reached', () => {
  expect(judgeVoices([trial(false)], 'edge')).toMatchObject([
    { severity: 'fault', what: { zh: 'edge（speech.example）：连不上 Edge 语音服务' } },
  ]);
});

it('only notes a host name that cannot be resolved, because the check of names reports it', () => {
  expect(judgeVoices([trial(true)], 'edge')).toMatchObject([{ severity: 'note' }]);
});
