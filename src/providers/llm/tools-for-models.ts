import type { LlmProvider, ToolSpec } from './llm-port.js';

/** The tools for a model, without those that only rules use. */
export const toolsForModels = (tools: readonly ToolSpec[]): readonly ToolSpec[] =>
  tools.filter(({ forRules }) => forRules !== true);

/** The same provider, restricted to the tools for models. A provider that answers by rules gets all tools. */
export function withToolsForModels(llm: LlmProvider): LlmProvider {
  if (llm.byRules === true) return llm;
  return {
    id: llm.id,
    local: llm.local,
    ...(llm.expect && { expect: () => llm.expect?.() }),
    stream: (request, signal) => llm.stream({ ...request, tools: toolsForModels(request.tools) }, signal),
  };
}
