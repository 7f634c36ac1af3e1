import { describe } from 'vitest';
import { createOfflineAssistant } from '../../src/providers/llm/offline/index.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { llmContract } from './llm.contract.js';

const assistant = () => createOfflineAssistant({ clock: new FakeClock() });

describe('offline assistant: LlmProvider contract', () => {
  llmContract({ answering: assistant, controlling: assistant });
});
