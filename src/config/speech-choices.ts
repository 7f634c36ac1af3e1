/** What `tts.provider` takes: the providers, and the local voices of the catalogue of models (a test keeps them equal). */
export const TTS_PROVIDERS = ['auto', 'edge', 'flite', 'espeak', 'openai', 'melo-zh-en'] as const;

/** What `asr.model` takes: the recognition models of the catalogue (a test keeps them equal). */
export const ASR_MODELS = [
  'auto',
  'moonshine-tiny-en',
  'sense-voice-int8',
  'paraformer-zh-int8',
  'whisper-base',
  'sensevoice-cost',
] as const;
