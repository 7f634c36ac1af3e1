export { LocalVoiceprints } from './local-voiceprints.js';
export { People } from './people.js';
export { REMEMBER_VOICE, rememberVoice } from './remember-voice.js';
export { servedVoiceprints, type ServedVoiceprints } from './served-voiceprints.js';
export { heardBy, type Speaker } from './speaker.js';
export type { Voiceprints } from './voiceprint-port.js';
export { createVoiceModels, type VoiceModelParts } from './voice-models.js';
export { VoiceprintApi } from './voiceprint-api.js';
