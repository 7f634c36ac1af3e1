import { BlockWriter } from './blocks.js';
import type { ReportDocument } from './document.js';
import { bilingual, inLanguage, escapeHtml, jsonForScript } from './markup.js';
import { contentPolicy, pageParts } from './page-parts.js';
import { adviceHtml, machineHtml, targetsHtml, verdictHtml } from './summary.js';
import { reportWords } from './words.js';

/** The report as one HTML file that works offline. Texts of the document never become markup. */
export function renderHtml(document: ReportDocument): string {
  const { style, scripts } = pageParts();
  const writer = new BlockWriter();
  const shown = document.sections.filter((section) => !section.folded).map((section) => writer.section(section));
  const folded = document.sections.filter((section) => section.folded).map((section) => writer.section(section));
  const payload = jsonForScript({
    title: document.title,
    generatedAtWallMs: document.generatedAtWallMs,
    panels: writer.panels,
  });
  const generatedAt = isoTime(document.generatedAtWallMs);
  return `<!doctype html>
<html lang="en" data-language="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(contentPolicy(scripts))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(inLanguage(document.title, 'en'))}</title>
<style>
${style}
</style>
</head>
<body>
<header>
<div class="top"><span class="producer">${escapeHtml(document.producer)}</span>
<button type="button" id="language" hidden>中文</button></div>
<h1>${bilingual(document.title)}</h1>
<p>${bilingual(document.about)} <time datetime="${generatedAt}">${generatedAt}</time></p>
</header>
<main>
${verdictHtml(document.verdict)}
${targetsHtml(document.targets)}
${adviceHtml(document.advice)}
${shown.join('\n')}
${machineHtml(document.machine, document.command)}
${folded.join('\n')}
</main>
<footer><p>${bilingual(reportWords.footer)}</p></footer>
<script type="application/json" id="report">${payload}</script>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`;
}

function isoTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
