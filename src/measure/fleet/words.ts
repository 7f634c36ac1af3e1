import { bilingualWords } from '../../core/index.js';

const en = {
  serverProblem: (url: string, status: number) => `the server at ${url} has a problem of its own (HTTP ${status})`,
  seeLog: 'Its log says what: a full disk, for example. `npx chorus doctor` looks for it.',
  noHello: 'the server did not answer the hello within 10 s',
  unreadable: (folder: string) => `the speech in ${folder} cannot be read`,
  outcomes: {
    answered: 'answered',
    cut_off: 'answered before the end of the question',
    busy: 'told “busy”',
    apology: 'apology instead of an answer',
    not_heard: 'nothing was understood',
    no_answer: 'no answer',
    stuck: 'the answer never ended',
    closed: 'connection lost',
    refused: 'no connection',
    not_started: 'not begun: still busy with the one before',
  },
};

const zh: typeof en = {
  serverProblem: (url, status) => `${url} 的服务器自己出了问题（HTTP ${status}）`,
  seeLog: '原因见它的日志，例如磁盘满了；`npx chorus doctor` 会查找原因。',
  noHello: '服务器在 10 秒内没有回应 hello',
  unreadable: (folder) => `读不到 ${folder} 里的语音`,
  outcomes: {
    answered: '已回答',
    cut_off: '没听完就回答',
    busy: '被告知正忙',
    apology: '只有致歉，没有回答',
    not_heard: '什么也没听懂',
    no_answer: '没有回答',
    stuck: '回答没有结束',
    closed: '连接断开',
    refused: '连不上',
    not_started: '没有开始：上一轮还没完',
  },
};

export const fleetWords = bilingualWords({ en, zh });
