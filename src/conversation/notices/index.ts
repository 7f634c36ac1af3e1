export { duration } from './notice-words.js';
export { Notices, nextTime, type NewNotice, type NoticesOptions } from './notices.js';
