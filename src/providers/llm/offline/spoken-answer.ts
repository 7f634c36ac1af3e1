import type { UiLanguage } from '../../../core/index.js';
import { phrases } from './phrases.js';

const MOST_SPOKEN = 5;
const STATES_ZH: Readonly<Record<string, string>> = {
  on: '开着',
  off: '关着',
  open: '开着',
  closed: '关着',
  unavailable: '连不上',
};

/** Makes an answer speakable, because several tools format their answers for language models. */
export function spokenAnswer(tool: string, text: string, language: UiLanguage): string {
  const zh = language === 'zh';
  const stop = zh ? '。' : '.';
  const lines = text.split('\n').slice(0, MOST_SPOKEN);
  // Device tools that change a setting answer "true" or a text for models.
  if (/^self_|^[A-Z]/.test(tool)) return phrases(language).ok;
  switch (tool) {
    case 'convert_units':
      return `${text.replace(' = ', phrases(language).equals)}${stop}`;
    case 'get_date_info':
      return zh
        ? `${text.replace(/ \(in (\d+) days\)$/, '，还有$1天').replace(/ \(today\)$/, '，就是今天')}${stop}`
        : `${text.replace(/ \((today|in \d+ days)\)$/, ', $1')}${stop}`;
    case 'home_find':
      return lines.map((line) => homeLine(line, zh)).join(' ');
    case 'get_news':
      return lines.map((line) => `${line.replace(/^\d+\. /, '').replace(/[.。]$/, '')}${stop}`).join(' ');
    default:
      return text;
  }
}

/** Reads a line such as `Kitchen light (light.kitchen): on`. */
function homeLine(line: string, zh: boolean): string {
  const [, name, state = ''] = /^(.*) \([a-z_]+\.[^()]*\): (.*)$/.exec(line) ?? [];
  if (name === undefined) return line;
  return zh ? `${name}：${STATES_ZH[state] ?? state}。` : `${name}: ${state}.`;
}
