import { KnowledgeLibrary, Meanings, readInChild, type EmbeddingSettings } from '../conversation/knowledge/index.js';
import type { Config, Foundation } from '../config/index.js';
import type { Store } from '../platform/store/index.js';
import { llmChoiceOf, providers } from '../providers/index.js';

/** The indexes load in the background. */
export function composeKnowledge({ dataDir, root, common, http, live }: Foundation, store: Store): KnowledgeLibrary {
  const scope = root.child('knowledge');
  const { clock, log } = common;
  const meanings = new Meanings({
    store: store.knowledge,
    settings: () => embeddingSettings(live.current),
    clock,
    log,
    fetch: http.fetch,
  });
  const library = new KnowledgeLibrary({
    store: store.knowledge,
    shared: store.shared,
    dataDir,
    clock,
    log,
    read: (call, signal) => readInChild(call, { ...common, scope, signal }),
    meanings,
    signal: scope.signal,
  });
  scope.fork('knowledge', (signal) => library.run(signal));
  scope.fork('embeddings', (signal) => library.embed(signal));
  return library;
}

/** Undefined if no embedding model is configured. The key of a language model goes only to that model's address. */
export function embeddingSettings({ knowledge: { embedding }, llm }: Config): EmbeddingSettings | undefined {
  const { model, service, base_url: ownUrl, api_key: ownKey } = embedding;
  if (model === undefined) return undefined;
  const named = service === undefined ? undefined : llm.services[service];
  const choice = llmChoiceOf(named ? { ...named, api_key: llm.service_keys[service ?? ''] } : llm, llm);
  const baseUrl = ownUrl ?? choice.baseUrl ?? providers.languageModel(choice.preset, choice.baseUrl)?.baseUrl;
  return {
    baseUrl,
    apiKey: ownKey ?? (ownUrl === undefined ? choice.apiKey : undefined),
    model,
    queryMs: embedding.query_ms,
    batch: embedding.batch,
    similarity: embedding.similarity,
  };
}
