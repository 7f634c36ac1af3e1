export { duration } from './notice-words.js';
export { Questions, type Answered, type Question } from './questions.js';
export { Notices, nextTime, type NewNotice, type NoticesOptions } from './notices.js';
