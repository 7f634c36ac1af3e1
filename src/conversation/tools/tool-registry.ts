import { calculate } from './calculate/calculate.js';
import { endConversation } from './end-conversation/end-conversation.js';
import { getTime } from './get-time/get-time.js';
import type { Tool } from './tool.js';

/** The tools of the server, each in a folder of its own. To add one: its file, and a line here. */
export const TOOLS: readonly Tool[] = [getTime, calculate, endConversation];
