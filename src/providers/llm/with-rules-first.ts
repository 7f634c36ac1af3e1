import type { LlmProvider, LlmRequest } from './llm-port.js';

export function withRulesFirst(
  llm: LlmProvider,
  rules: LlmProvider,
  isSure: (request: LlmRequest) => boolean,
): LlmProvider {
  return {
    id: llm.id,
    local: llm.local,
    ...(llm.byRules && { byRules: true }),
    ...(llm.expect && { expect: () => llm.expect?.() }),
    stream: (request, signal) => (isSure(request) ? rules : llm).stream(request, signal),
  };
}
