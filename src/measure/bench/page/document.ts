import type { Bilingual } from '../../../core/index.js';
import { fleetWords, type FleetOutcome, type FleetResult } from '../../fleet/index.js';
import type { Advice, Fact, ReportDocument, Section, Target, Text } from '../../report/index.js';
import { changeText, comparedValue, ratioText } from '../compare/compare-text.js';
import { compareWords } from '../words/compare.js';
import type { Comparison } from '../compare/compare.js';
import { COST_MODEL } from '../cost-model/index.js';
import { isSteady } from '../kernels/baseline.js';
import { disturbanceAdvice, isDisturbed, noNumber, shownTargets } from '../disturbed.js';
import type { BenchResult, Kernels } from '../result.js';
import type { BenchTarget } from '../service-level.js';
import { limitText, shortWords, TARGETS, valueText } from '../../targets.js';
import { verdictSentence } from '../verdict-table.js';
import { answerBlocks, loadBlocks, processBlocks } from './charts.js';
import { kernelSection } from './kernel-section.js';
import { pageWords } from '../words/page.js';
import { REMEDIES } from '../../words/remedies.js';

/** The result as a page for readers who have never seen one. */
export function benchDocument(
  result: BenchResult,
  comparison: Comparison | undefined,
  generatedAtWallMs: number,
): ReportDocument {
  return {
    title: result.capacity ? pageWords.title.capacity : pageWords.title.load,
    about: aboutOf(result),
    generatedAtWallMs,
    producer: `xiaozhi-chorus ${result.chorus}`,
    command: result.command,
    verdict: {
      outcome: !result.capacity
        ? result.verdict.outcome
        : result.capacity.devices > 0
          ? 'holds'
          : noNumber(result)
            ? 'invalid'
            : 'missed',
      sentence: verdictSentence(result),
      meaning: meaningOf(result),
    },
    targets: shownTargets(result).map((target) => targetOf(target, isDisturbed(result))),
    advice: adviceOf(result),
    machine: factsOf(result),
    sections: [
      ...capacitySection(result),
      ...(comparison ? [comparisonSection(comparison)] : []),
      { title: pageWords.sections.waited, blocks: answerBlocks(result) },
      { title: pageWords.sections.meanwhile, blocks: loadBlocks(result) },
      { title: pageWords.sections.cost, blocks: processBlocks(result) },
      ...kernelSection(result),
      detailSection(result),
    ],
  };
}

function aboutOf({ options, fleet, capacity }: BenchResult): Text {
  const model: Text = options.asrModel === COST_MODEL ? pageWords.costModel : options.asrModel;
  const llm: Text = options.llm === 'stand-in' ? pageWords.standIn : pageWords.offline;
  const turns = fleet.totals.turns;
  return pageWords.about(
    options.devices,
    Math.round(options.durationS),
    options.scenario,
    turns,
    model,
    llm,
    options.tts,
    capacity,
  );
}

function meaningOf(result: BenchResult): Text {
  const { verdict, llmOwn, kernels } = result;
  const own = Math.round(llmOwn.medianMs);
  const kernel = kernels && isSteady(kernels) ? allowedBy(kernels) : '';
  if (isDisturbed(result)) return pageWords.disturbed;
  if (verdict.outcome === 'invalid') return pageWords.tooShort;
  return pageWords.modelTime(own, kernel);
}

function allowedBy({ devicesOnTheseCores: all, devicesBesideTheBench: beside }: Kernels): Bilingual {
  return beside === undefined
    ? pageWords.kernels.allow(Math.floor(all))
    : pageWords.kernels.allowBeside(Math.floor(all), Math.floor(beside));
}

function targetOf(target: BenchTarget, disturbed: boolean): Target {
  return {
    what: TARGETS[target.id].what,
    measured: valueText(target.id, target.measured),
    bound: limitText(target.id, target.bound),
    outcome: target.outcome,
    ...(target.outcome === 'unknown' &&
      !disturbed && {
        note: pageWords.notMeasured,
      }),
  };
}

function adviceOf(result: BenchResult): readonly Advice[] {
  if (isDisturbed(result)) return [disturbanceAdvice(result)];
  const { verdict, server } = result;
  const missed = new Set(verdict.targets.filter(({ outcome }) => outcome === 'missed').map(({ id }) => id));
  const advice: Advice[] = [];
  if (missed.has('cpu') || missed.has('first_sound_p95') || missed.has('underruns')) {
    advice.push({
      found: pageWords.tooMany.found,
      remedies: [REMEDIES.find_capacity, REMEDIES.smaller_or_bigger],
    });
  }
  if (missed.has('rejected_turns')) {
    advice.push({
      found: pageWords.turnedAway.found,
      remedies: [REMEDIES.raise_if_others_hold],
    });
  }
  if (server.complaints.length > 0) {
    advice.push({
      found: pageWords.complaints.found(server.complaints.length),
      remedies: [REMEDIES.in_details],
    });
  }
  return advice;
}

function factsOf({ machine, options, chorus }: BenchResult): readonly Fact[] {
  return [
    { name: 'CPU', value: machine.cpu },
    { name: pageWords.facts.cores, value: `${machine.cores} (${machine.usableCores})` },
    {
      name: pageWords.facts.memory,
      value: `${machine.memoryGb} GB (${(machine.memoryLimitBytes / 2 ** 30).toFixed(1)} GB)`,
    },
    { name: 'VNNI', value: machine.vnni ? pageWords.facts.yes : pageWords.facts.no },
    { name: pageWords.facts.system, value: machine.os },
    { name: 'Node.js', value: machine.node },
    { name: 'Chorus', value: chorus },
    { name: pageWords.facts.recognition, value: options.asrModel },
    { name: pageWords.facts.packets, value: options.queues.join(', ') },
    { name: pageWords.facts.seed, value: String(options.seed) },
  ];
}

function capacitySection({ capacity }: BenchResult): readonly Section[] {
  if (!capacity) return [];
  return [
    {
      title: pageWords.capacity.title,
      blocks: [
        {
          type: 'table',
          columns: [
            { title: pageWords.capacity.devices, align: 'end' },
            { title: pageWords.capacity.run },
            { title: pageWords.capacity.turns, align: 'end' },
            { title: pageWords.capacity.firstSound, align: 'end' },
            { title: 'CPU', align: 'end' },
            { title: pageWords.capacity.result },
          ],
          rows: capacity.steps.map((step) => [
            String(step.devices),
            {
              probe: pageWords.capacity.kinds.probe,
              confirm: pageWords.capacity.kinds.confirm,
              refute: pageWords.capacity.kinds.refute,
            }[step.kind],
            String(step.turns),
            step.firstSoundP95Ms === undefined ? '–' : `${step.firstSoundP95Ms} ms`,
            step.cpuShare === undefined ? '–' : `${Math.round(step.cpuShare * 100)} %`,
            step.holds
              ? pageWords.capacity.holds
              : step.disturbed
                ? pageWords.capacity.cannotSay(step.disturbed)
                : pageWords.capacity.missed(step.missed.map(shortWords)),
          ]),
        },
      ],
    },
  ];
}

function comparisonSection({ rows, differences }: Comparison): Section {
  return {
    title: pageWords.comparison.title,
    blocks: [
      { type: 'paragraph', text: compareWords.title },
      {
        type: 'table',
        columns: [
          { title: pageWords.comparison.what },
          { title: pageWords.comparison.before, align: 'end' },
          { title: pageWords.comparison.now, align: 'end' },
          { title: pageWords.comparison.ratio, align: 'end' },
          { title: pageWords.comparison.change },
        ],
        rows: rows.map((row) => [
          compareWords.figures[row.id],
          comparedValue(row.id, row.base),
          comparedValue(row.id, row.now),
          ratioText(row),
          { en: changeText(row, 'en'), zh: changeText(row, 'zh') },
        ]),
      },
      ...(differences.length === 0
        ? []
        : [
            {
              type: 'paragraph' as const,
              text: pageWords.comparison.careful(differences),
            },
          ]),
    ],
  };
}

function detailSection({ options, server, standIns, fleet, llmOwn }: BenchResult): Section {
  const rows: (readonly Text[])[] = [
    [pageWords.details.settings, options.settings.join(' ')],
    [pageWords.details.outcomes, outcomesText(fleet)],
    [
      pageWords.details.llm,
      `${llmOwn.requests}, ${llmOwn.failed}, ${Math.round(llmOwn.medianMs)} ms, ${Math.round(llmOwn.p95Ms)} ms`,
    ],
    [
      pageWords.details.fleet,
      `${fleet.own.workers}, ${fleet.own.cpuCores.toFixed(2)}, ${fleet.own.loopDelayP99Ms.toFixed(0)} ms`,
    ],
    ...(standIns
      ? [[pageWords.details.standIns, `${standIns.cores.toFixed(3)}, ${standIns.lateness.p99Ms.toFixed(0)} ms`]]
      : []),
    ...(server.readyMs === undefined ? [] : [[pageWords.details.ready, `${(server.readyMs / 1000).toFixed(1)} s`]]),
  ];
  return {
    title: pageWords.details.title,
    folded: true,
    blocks: [
      { type: 'table', columns: [{ title: pageWords.details.what }, { title: pageWords.details.value }], rows },
      ...(server.complaints.length === 0
        ? []
        : [
            {
              type: 'table' as const,
              caption: pageWords.details.warnings,
              columns: [{ title: pageWords.details.line }],
              rows: server.complaints.map((line) => [line]),
            },
          ]),
    ],
  };
}

function outcomesText({ totals }: FleetResult): Text {
  const counts = Object.entries(totals.outcomes) as [FleetOutcome, number][];
  return {
    en: counts.map(([outcome, count]) => `${fleetWords.outcomes[outcome].en} ${count}`).join(', '),
    zh: counts.map(([outcome, count]) => `${fleetWords.outcomes[outcome].zh} ${count}`).join('，'),
  };
}
