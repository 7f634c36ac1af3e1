import { both, ChorusError, defineLanguageModel, definePlugin } from 'xiaozhi-chorus/plugin';

/** A service that accepts the request as JSON. It answers with one JSON object per line: `{"text"}` or `{"call"}`. */
async function* ask({ baseUrl, model, apiKey }, request, signal) {
  const { messages, tools, maxTokens } = request;
  const response = await fetch(baseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) },
    body: JSON.stringify({ model: request.model ?? model, messages, tools, maxTokens }),
    signal,
  }).catch((error) => {
    throw signal.aborted ? signal.reason : new ChorusError('llm.unreachable', 'it cannot be reached', { cause: error });
  });
  if (response.status === 401) throw new ChorusError('llm.bad_key', 'the service refuses the key');
  if (!response.ok) throw new ChorusError('llm.server_error', `the service answered ${response.status}`);
  let rest = '';
  for await (const bytes of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + bytes).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const { text, call } = JSON.parse(line);
      if (text !== undefined) yield { type: 'text', text };
      if (call !== undefined) yield { type: 'tool_call', call };
    }
  }
}

export const ndjson = defineLanguageModel({
  id: 'ndjson',
  name: both('NDJSON service', 'NDJSON 服务'),
  about: both('A service that answers in lines of JSON: an example.', '一行一个 JSON 的服务，是一个示例。'),
  local: false,
  chosenBy: 'preset',
  remote: true,
  baseUrl: 'http://127.0.0.1:8090/',
  model: 'example',
  create: (settings) => ({
    id: `ndjson:${settings.model}`,
    local: false,
    async *stream(request, signal) {
      signal.throwIfAborted();
      yield* ask(settings, request, signal);
    },
  }),
});

export default definePlugin({ apiVersion: 1, providers: [ndjson] });
