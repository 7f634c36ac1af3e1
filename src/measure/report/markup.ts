import type { UiLanguage } from '../../core/index.js';
import type { Text } from './document.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for content and quoted attributes. Control characters, which HTML forbids, become U+FFFD. */
export function escapeHtml(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)
      // eslint-disable-next-line no-control-regex -- these are what is replaced
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\u{fffd}')
  );
}

/** JSON that cannot end the script element that contains it. */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', String.raw`\u003c`)
    .replaceAll('>', String.raw`\u003e`)
    .replaceAll('&', String.raw`\u0026`)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`);
}

/** Writes both languages, of which the page shows one. Text between backticks is shown as code. */
export function bilingual(text: Text): string {
  if (typeof text === 'string') return withCode(text);
  if (text.en === text.zh) return withCode(text.en);
  return `<span lang="en">${withCode(text.en)}</span><span lang="zh-CN">${withCode(text.zh)}</span>`;
}

function withCode(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

export function inLanguage(text: Text, language: UiLanguage): string {
  return typeof text === 'string' ? text : text[language];
}
