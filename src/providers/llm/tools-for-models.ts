import type { LlmProvider, ToolSpec } from './llm-port.js';

export const toolsForModels = (tools: readonly ToolSpec[]): readonly ToolSpec[] =>
  tools.filter(({ forRules }) => forRules !== true);

export function withToolsForModels(llm: LlmProvider): LlmProvider {
  if (llm.byRules === true) return llm;
  return {
    id: llm.id,
    local: llm.local,
    ...(llm.expect && { expect: () => llm.expect?.() }),
    stream: (request, signal) => llm.stream({ ...request, tools: toolsForModels(request.tools) }, signal),
  };
}
