import { bilingualWords, systemErrorWords } from '../../core/index.js';

const en = {
  needsKey: (name: string) => `${name} needs an API key`,
  redirect: 'the address leads elsewhere (a redirect)',
  noStream: 'the address does not answer with a stream',
  brokeOff: 'the answer broke off',
  connectionFailed: (reason: string) => `the connection failed: ${reason}`,
  unreadable: (name: string) => `the answer cannot be read (${name})`,
  noOllama: 'no Ollama answered',
  onlyThinking: 'the model spent its whole reply thinking; choose one that does not',
  redirectNotFollowed: 'the address leads elsewhere (a redirect), and redirects are not followed',
  webPage: 'the address answers with a web page, perhaps one to sign in',
  wholeJson: 'the server answered with one JSON object instead of a stream',
  silent: (ms: number) => `nothing came for ${ms} ms`,
  tooLong: (ms: number) => `the reply took longer than ${ms} ms`,
  noText: 'the model returned no text',
  done: 'Done.',
  late: 'no answer in time',
  reached: 'It is there and takes the key.',
  noKey: 'it needs an API key',
};

const zh: typeof en = {
  needsKey: (name) => `${name} 需要 API 密钥`,
  redirect: '这个地址会跳转到别处',
  noStream: '这个地址的回答不是数据流',
  brokeOff: '大模型的回答中途断了',
  connectionFailed: (reason) => `连不上大模型（${systemErrorWords(reason, 'zh')}）`,
  unreadable: (name) => `大模型的回答无法理解（${name}）`,
  noOllama: '没有 Ollama 回答',
  onlyThinking: '模型把整个回答都用来思考了，请换一个不思考的',
  redirectNotFollowed: '这个地址会跳转到别处，而跳转是不会跟随的',
  webPage: '这个地址返回的是网页，可能是登录页',
  wholeJson: '服务器没有逐步返回，而是一次给出一个 JSON 对象',
  silent: (ms) => `大模型 ${ms} 毫秒没有动静`,
  tooLong: (ms) => `大模型的回答超过了 ${ms} 毫秒`,
  noText: '模型没有返回文字',
  done: '好了。',
  late: '没有及时回答',
  reached: '连得上，密钥有效。',
  noKey: '需要 API 密钥',
};

export const llmWords = bilingualWords({ en, zh });
