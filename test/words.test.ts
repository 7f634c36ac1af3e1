import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { ROOT } from './docs/pages.js';

/** Files with definitions. A definition contains its texts in both languages (docs/adr/0046-words.md). */
const DEFINITIONS = [
  /^core\/errors\//,
  /^core\/(?:process-|speaking-)?metrics\.ts$/,
  /^records\//,
  /^providers\/\w+\/[\w-]+\/(?:index|imported|presets|voices)\.ts$/,
  /^providers\/(?:tools\/[\w-]+|settings|imported-settings)\.ts$/,
  /^engines\/models\/known\//,
  /^moving-over\/mapping\//,
  /^measure\/targets\.ts$/,
  /^cli\/commands\.ts$/,
  /^speech\/speaking\/spoken-form\/units\.ts$/,
];

/**
 * Tools of the conversation. The texts that describe a tool and its parameters to the model are part of the tool's
 * definition.
 */
const TOOLS = /^conversation\//;

/**
 * Files whose pairs of texts are not texts for people: patterns that recognise words, the first word of a voice, the
 * name of each language in that language.
 */
const NO_TEXTS = [
  /^providers\/llm\/(?:offline\/intents|llm-errors)\.ts$/,
  /^engines\/sherpa\/sherpa-child\.ts$/,
  /^cli\/words\/setup\.ts$/,
];

/** Functions whose arguments describe a setting, in both languages. */
const SETTING = /^(?:words|described|secret)$/;

const HAN = /\p{Script=Han}/u;
const LATIN_WORD = /\p{Script=Latin}{2}/u;

/** All text in the string literals of an expression. */
function textIn(node: ts.Node): string {
  const own = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
  let text = own ? node.text : '';
  ts.forEachChild(node, (child) => {
    text += textIn(child);
  });
  return text;
}

/** Whether the expression is a text. Two texts next to each other may be the same text in two languages. */
function isText(node: ts.Expression): boolean {
  if (ts.isBinaryExpression(node)) return isText(node.left) || isText(node.right);
  if (ts.isConditionalExpression(node)) return isText(node.whenTrue) || isText(node.whenFalse);
  if (ts.isArrowFunction(node)) return !ts.isBlock(node.body) && isText(node.body);
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

const areTwins = (one: ts.Expression, other: ts.Expression): boolean => {
  if (!isText(one) || !isText(other)) return false;
  const [first, second] = [textIn(one), textIn(other)];
  const [han, latin] = HAN.test(first) ? [first, second] : [second, first];
  return HAN.test(han) && !HAN.test(latin) && LATIN_WORD.test(latin);
};

function property(node: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  const found = node.properties.find((one) => ts.isPropertyAssignment(one) && one.name.getText() === name);
  return found && ts.isPropertyAssignment(found) ? found.initializer : undefined;
}

function isTwin(node: ts.Node): boolean {
  if (ts.isObjectLiteralExpression(node)) {
    const [en, zh] = [property(node, 'en'), property(node, 'zh')];
    return en !== undefined && zh !== undefined && areTwins(en, zh);
  }
  if (ts.isConditionalExpression(node)) return areTwins(node.whenTrue, node.whenFalse);
  if (!ts.isCallExpression(node) || SETTING.test(node.expression.getText())) return false;
  return node.arguments.some((argument, at) => {
    const next = node.arguments[at + 1];
    return next !== undefined && areTwins(argument, next);
  });
}

/** Whether the node is the `words: { en, zh }` of a tool or the `.meta({ en, zh })` of a parameter. */
function isOfTool(node: ts.Node): boolean {
  if (!ts.isObjectLiteralExpression(node)) return false;
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) return ['words', 'confirm', 'ask'].includes(parent.name.getText());
  return ts.isCallExpression(parent) && parent.expression.getText().endsWith('.meta');
}

/** Finds places in a source where an English text is next to its Chinese translation. */
function twinsIn(path: string, source: string, isDefinition: (node: ts.Node) => boolean): readonly string[] {
  const found: string[] = [];
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const look = (node: ts.Node): void => {
    if (isTwin(node) && !isDefinition(node)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${path}:${line + 1} ${node.getText().replaceAll(/\s+/g, ' ').slice(0, 80)}`);
    } else ts.forEachChild(node, look);
  };
  look(file);
  return found;
}

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .map((path) => ({ path, source: readFileSync(join(ROOT, 'src', path), 'utf8') }))
  .filter(({ source }) => HAN.test(source));

it('allows an English text beside its Chinese one only in definitions', () => {
  const found = sources
    .filter(({ path }) => ![...DEFINITIONS, ...NO_TEXTS].some((pattern) => pattern.test(path)))
    .flatMap(({ path, source }) => twinsIn(path, source, TOOLS.test(path) ? isOfTool : () => false));
  expect(found).toEqual([]);
});

it.each([...DEFINITIONS, TOOLS, ...NO_TEXTS])('%s matches files with such texts', (pattern) => {
  expect(sources.some(({ path, source }) => pattern.test(path) && twinsIn(path, source, () => false).length > 0)).toBe(
    true,
  );
});

it.each([
  "const full = both('The disk is full.', '磁盘已满。');",
  'throw new ChorusError(code, both(`${file} is damaged`, `${file} 已损坏`));',
  "const title = { en: 'memory', zh: '内存' };",
  'const WORDS = { free: { en: (mb: number) => `${mb} MB are free`, zh: (mb: number) => `还有 ${mb} MB` } };',
  "return language === 'zh' ? '好的。' : 'All right.';",
  "toolFailed('that time is in the past', '那个时间已经过去了');",
])('finds %j', (line) => {
  expect(twinsIn('some.ts', line, () => false)).toHaveLength(1);
});

it.each([
  "const en = { full: 'The disk is full.' }; const zh: typeof en = { full: '磁盘已满。' };",
  "const tags = { en: 'en-US', zh: 'zh-CN' };",
  "const wakes = ['你好小智', 'hello'];",
  'found(issue, { en: error.message, zh: inChinese(error) });',
])('ignores %j', (line) => {
  expect(twinsIn('some.ts', line, () => false)).toEqual([]);
});
