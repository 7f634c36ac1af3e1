import { calendar } from './calendar/calendar.js';
import { calculate } from './calculate/calculate.js';
import { endConversation } from './end-conversation/end-conversation.js';
import { getTime } from './get-time/get-time.js';
import { homeAssistant } from './home-assistant/home-assistant.js';
import { knowledgeService } from './knowledge-service/knowledge-service.js';
import { lists } from './lists/lists.js';
import { messages } from './messages/messages.js';
import { music } from './music/music.js';
import { news } from './news/news.js';
import { reminders } from './reminders/reminders.js';
import { search } from './search/search.js';
import type { ToolGroup } from './tool-group.js';
import type { Tool } from './tool.js';
import { convertUnits } from './units/units.js';
import { weather } from './weather/weather.js';

/** Tools that need no settings. A new tool needs its own folder and a line here. */
export const TOOLS: readonly Tool[] = [getTime, calculate, convertUnits, endConversation];

/** Groups of tools with settings (`tools.<id>`). A new group needs its own folder and a line here. */
export const TOOL_GROUPS: readonly ToolGroup[] = [
  reminders,
  messages,
  lists,
  calendar,
  weather,
  news,
  search,
  knowledgeService,
  homeAssistant,
  music,
];
