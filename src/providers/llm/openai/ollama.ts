import { ChorusError, withTimeout, type Clock } from '../../../core/index.js';
import { llmWords } from '../words.js';

/** A server on this machine answers at once, and a wrong address must not delay the start. */
const DETECT_TIMEOUT_MS = 500;
const MAX_LISTED_MODELS = 100;

const onTimeout = (): ChorusError => new ChorusError('llm.timeout', llmWords.noOllama);

/** The model that was changed last comes first. Undefined if no Ollama answers. Throws only the signal's reason. */
export async function discoverOllama(
  clock: Clock,
  signal?: AbortSignal,
  url = 'http://127.0.0.1:11434',
): Promise<readonly string[] | undefined> {
  const base = url.replace(/\/+$/, '').replace(/\/v1$/, '');
  try {
    const listed: unknown = await withTimeout(clock, DETECT_TIMEOUT_MS, signal, onTimeout, async (aborted) => {
      const response = await fetch(`${base}/api/tags`, { signal: aborted, redirect: 'error' });
      return response.ok ? response.json() : undefined;
    });
    const models = (listed as { models?: unknown } | null | undefined)?.models;
    if (!Array.isArray(models)) return undefined;
    return (
      models
        .map((model: unknown) => (model as { name?: unknown } | null)?.name)
        .filter((name): name is string => typeof name === 'string' && name !== '')
        // Embedding models cannot chat.
        .filter((name) => !/embed|bge-|minilm/i.test(name))
        .slice(0, MAX_LISTED_MODELS)
    );
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}
