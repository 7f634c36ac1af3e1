import { describe, expect, it } from 'vitest';
import { missingForTalk } from './support.js';

describe('the missing feature of a browser', () => {
  const able = {
    isSecureContext: true,
    navigator: { mediaDevices: {} },
    AudioEncoder: {},
    AudioDecoder: {},
    AudioWorkletNode: {},
  };

  it('is undefined if everything is supported', () => {
    expect(missingForTalk(able)).toBeUndefined();
  });

  it('is the cause: without a secure context the browser hides the other features', () => {
    expect(missingForTalk({ isSecureContext: false, navigator: {} })).toBe('secure-context');
    expect(missingForTalk({ ...able, navigator: {} })).toBe('microphone');
    const { AudioEncoder: _, ...withoutEncoder } = able;
    expect(missingForTalk(withoutEncoder)).toBe('opus');
    const { AudioWorkletNode: __, ...withoutWorklets } = able;
    expect(missingForTalk(withoutWorklets)).toBe('worklet');
  });
});
