import { describe, it } from 'vitest';
import { createOfflineAssistant } from '../../src/providers/llm/offline/index.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { llmContract } from '../../src/plugin/testing/language-model.js';

const assistant = () => createOfflineAssistant({ clock: new FakeClock() });

describe('offline assistant: LlmProvider contract', () => {
  llmContract(it, { answering: assistant, controlling: assistant });
});
