export { duration } from './notice-words.js';
export { Questions, type Answered } from './questions.js';
export { Notices, nextTime, type NewNotice, type Recording } from './notices.js';
