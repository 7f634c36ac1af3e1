import { bilingualWords } from '../../core/index.js';

const en = {
  address: 'the address',
  query: 'the query',
  body: 'the body',
  noJsonType: 'the body has to be JSON, with content-type application/json',
  noJson: 'the body is not JSON',
  gone: 'the client has disconnected',
  wrongPart: (part: string, rule: string) => `${part}: ${rule}`,
  wrongBody: (body: string, type: string) => `the body has to be ${body}, with content-type ${type}`,
  sessionEnded: 'the session has ended',
  tooLarge: 'the request is too large',
  unreadable: 'the request cannot be read',
  noSuchAddress: 'the admin API has no such address',
  notSignedIn: 'nobody is signed in',
  noCsrf: (header: string) => `the header ${header} is missing or is not that of this session`,
  otherPage: 'the request comes from a page of another address',
  wrongLocalToken: 'wrong local token, or the request does not come from this machine',
  passwordAgain: 'the password is needed again',
  notBuilt:
    'Chorus is running. Its page was not built: run `npm run build` and start it again. Devices use /xiaozhi/ota/.\n',
};

const zh: typeof en = {
  address: '地址',
  query: '查询参数',
  body: '请求体',
  noJsonType: '请求体必须是 JSON，content-type 为 application/json',
  noJson: '请求体不是 JSON',
  gone: '请求方已断开连接',
  wrongPart: (part, rule) => `${part}：${rule}`,
  wrongBody: (body, type) => `请求体必须是${body}，content-type 为 ${type}`,
  sessionEnded: '这次登录已经结束',
  tooLarge: '请求太大',
  unreadable: '请求无法读取',
  noSuchAddress: '管理 API 没有这个地址',
  notSignedIn: '还没有登录',
  noCsrf: (header) => `缺少请求头 ${header}，或者它不属于这次登录`,
  otherPage: '请求来自另一个地址的网页',
  wrongLocalToken: '本机令牌不对，或者请求不是来自这台机器',
  passwordAgain: '需要再输入一次密码',
  notBuilt: 'Chorus 正在运行，但页面还没有构建：请运行 `npm run build` 后重新启动。设备请用 /xiaozhi/ota/。\n',
};

export const gateWords = bilingualWords({ en, zh });
