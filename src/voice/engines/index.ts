export { SupervisedChild, type ChildOptions } from './child.js';
export type { CallOptions } from './child-job.js';
export { serveChild, type ChildHandlers } from './child-main.js';
export { childEntry } from './entry.js';
export type * from './port.js';
