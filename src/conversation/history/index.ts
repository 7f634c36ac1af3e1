export { DeviceTalks, type DeviceTalk } from './device-talks.js';
export { audioLimits, earlierTurnsOf, openHistory, keepsAudio, type TurnHistory } from './turn-history.js';
