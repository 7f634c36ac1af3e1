export { Recordings, type RecordedTurn } from './recordings.js';
export { TurnRecorder, type TurnAudio } from './turn-recorder.js';
