import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    password: 'set another password for the page; every browser has to sign in again',
    reset: 'make a new one and print it',
  },
  page: 'Page',
  here: (url: string) => `on this machine, with the microphone: ${url}`,
  made: (password: string) => `Password of the page: ${password}`,
  madeOnce: (command: string) => `It is shown only this once. To set another one: ${command}`,
  madeLogged: (command: string) =>
    `It stays in the log that keeps this output: set another one (${command}), which ends all sessions`,
  next: (url: string, password: string) =>
    `To see it and to talk without a device, open ${url} in a browser. ${password}`,
  shown: 'Its password is shown above.',
  shownBefore: (command: string) => `Its password was shown at the first start; to set another one: ${command}`,
  configured: 'Its password is the value of admin.password.',
  ask: 'New password of the page',
  again: 'Once more',
  short: (leastChars: number) => `at least ${leastChars} characters`,
  different: 'The two passwords differ.',
  changed: 'The password is changed. Every browser has to sign in again.',
  noInput: 'There is no terminal to ask on: pipe in the new password (one line), or use --reset.',
};

const zh: typeof en = {
  help: {
    password: '给页面换一个密码；所有浏览器都要重新登录',
    reset: '生成一个新密码并显示',
  },
  page: '页面',
  here: (url) => `在本机打开，可用麦克风：${url}`,
  made: (password) => `页面的密码：${password}`,
  madeOnce: (command) => `只显示这一次。想换一个：${command}`,
  madeLogged: (command) => `保存这段输出的日志里会一直有它：请换一个（${command}），所有登录随之失效`,
  next: (url, password) => `没有设备也能看到它、和它说话：用浏览器打开 ${url}。${password}`,
  shown: '密码见上面。',
  shownBefore: (command) => `密码在第一次启动时显示过；想换一个：${command}`,
  configured: '密码就是 admin.password。',
  ask: '页面的新密码',
  again: '再输一次',
  short: (leastChars: number) => `至少 ${leastChars} 个字符`,
  different: '两次不一样。',
  changed: '密码已更换，所有浏览器都要重新登录。',
  noInput: '没有终端可以询问：请把新密码从输入传进来（一行），或使用 --reset。',
};

export const adminWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
