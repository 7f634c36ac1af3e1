export { People } from './people.js';
export { REMEMBER_VOICE, rememberVoice } from './remember-voice.js';
export type { Speaker } from './speaker.js';
export { VoiceprintApi, type VoiceprintApiOptions } from './voiceprint-api.js';
