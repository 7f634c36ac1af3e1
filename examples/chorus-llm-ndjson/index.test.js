import { createServer } from 'node:http';
import { after, it } from 'node:test';
import { llmContract, VOLUME_TOOLS } from 'xiaozhi-chorus/testing';
import { ndjson } from './index.js';

/** A service that has three fixed answers. */
const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  const { messages } = JSON.parse(body);
  const last = messages.at(-1);
  const lines =
    last.role === 'tool'
      ? [{ text: 'The volume ' }, { text: 'is 50.' }]
      : last.content.includes('volume')
        ? [{ call: { id: '1', name: VOLUME_TOOLS[1].name, arguments: { volume: 50 } } }]
        : [{ text: 'That is ' }, { text: '84.' }];
  response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => server.close());

const baseUrl = `http://127.0.0.1:${server.address().port}/`;
const model = () => ndjson.create({ baseUrl, model: 'example', firstTokenMs: 8000, replyMs: 60_000 }, {});
llmContract(it, { answering: model, controlling: model });
