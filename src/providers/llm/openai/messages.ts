import type { OpenAICompatibleChatLanguageModel } from '@ai-sdk/openai-compatible';
import type { ChatImage, ChatMessage, ToolSpec } from '../llm-port.js';

/** Derived from the one AI SDK package that we depend on. */
export type SdkCall = Parameters<OpenAICompatibleChatLanguageModel['doStream']>[0];
type SdkPrompt = SdkCall['prompt'];
type SdkTools = NonNullable<SdkCall['tools']>;
type SdkSchema = Extract<SdkTools[number], { type: 'function' }>['inputSchema'];

/** Joins adjacent user messages, because some models require alternating roles. */
export function toSdkPrompt(messages: readonly ChatMessage[]): SdkPrompt {
  const prompt: SdkPrompt = [];
  let userText: string[] = [];
  let images: ChatImage[] = [];
  const flushUser = (): void => {
    const files = images.map(({ bytes, mediaType }) => ({ type: 'file' as const, data: bytes, mediaType }));
    if (userText.length > 0)
      prompt.push({ role: 'user', content: [{ type: 'text', text: userText.join('\n') }, ...files] });
    userText = [];
    images = [];
  };
  for (const message of messages) {
    if (message.role === 'user') {
      userText.push(message.content);
      images.push(...(message.images ?? []));
      continue;
    }
    flushUser();
    prompt.push(toSdkMessage(message));
  }
  flushUser();
  return prompt;
}

function toSdkMessage(message: Exclude<ChatMessage, { role: 'user' }>): SdkPrompt[number] {
  switch (message.role) {
    case 'assistant':
      return {
        role: 'assistant',
        content: [
          ...(message.content === '' ? [] : [{ type: 'text' as const, text: message.content }]),
          ...(message.toolCalls ?? []).map((call) => ({
            type: 'tool-call' as const,
            toolCallId: call.id,
            toolName: call.name,
            input: call.arguments,
          })),
        ],
      };
    case 'tool':
      return {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: message.toolCallId,
            toolName: message.name,
            output: { type: 'text', value: message.content },
          },
        ],
      };
    default:
      return { role: 'system', content: message.content };
  }
}

export function toSdkTools(tools: readonly ToolSpec[]): SdkTools {
  return tools.map((tool) => ({
    type: 'function',
    name: tool.name,
    description: tool.description,
    inputSchema: tool.inputSchema as SdkSchema,
  }));
}
