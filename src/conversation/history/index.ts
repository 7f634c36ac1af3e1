export { DeviceTalks, type DeviceTalk } from './device-talks.js';
export {
  audioLimits,
  earlierTurnsOf,
  openHistory,
  isConversation,
  keepsAudio,
  type TurnHistory,
} from './turn-history.js';
