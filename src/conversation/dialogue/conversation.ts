import { newHistory } from './history.js';
import type { Conversation } from './conversation-port.js';
import { ToolCalls } from './tool-calls.js';
import type { Toolbox } from '../tools/tool-source.js';
import type { ConversationOptions } from './conversation-options.js';
import { ModelAnswer } from './model-answer.js';

export function createConversation(options: ConversationOptions): Conversation {
  const { history = newHistory(() => options.settings().historyTurns) } = options;
  const thinkingAloud = new Set<string>();
  const toolCalls = new ToolCalls(options);
  let tools: Toolbox | undefined;
  return {
    expect: () => {
      options.settings().llm.expect?.();
      options.memory?.expect();
    },
    respond: (input, signal) => {
      tools = input.tools;
      return new ModelAnswer(
        { ...options, ...options.settings(), history, thinkingAloud, toolCalls },
        history.messages(input.text),
        input,
        signal,
      ).parts();
    },
    heard: (userText, replyText) => {
      history.add(userText, replyText);
      options.onHeard?.();
      toolCalls.answerHeard();
      tools?.spoken(replyText);
    },
  };
}
