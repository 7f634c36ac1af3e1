import type { GroupReport, GroupSecond } from './device-group.js';
import { joinHistograms, type DelayHistogram } from '../statistics.js';
import type { FleetOptions, OwnLimits } from './run-options.js';
import {
  FLEET_RESULT_VERSION,
  type FleetContext,
  type FleetOwn,
  type FleetResult,
  type FleetSecond,
  type FleetTurn,
  type InvalidReason,
} from './run-result.js';
import { planDevice, plannedEndMs, STORM_EVERY_MS } from './schedule.js';
import type { SpeechLibrary } from './speech.js';
import { hundredths, percentile, summarise } from '../statistics.js';
import { totalsOf } from './totals.js';

export class FleetRun {
  #zeroMs: number | undefined;
  #startedWallMs: number;
  readonly #turns: FleetTurn[] = [];
  readonly #seconds: FleetSecond[] = [];
  readonly #pending = new Map<number, GroupSecond[]>();
  readonly #reports: GroupReport[] = [];
  readonly #reasons: InvalidReason[] = [];
  readonly #marks: FleetResult['marks'][number][] = [];
  #finished = 0;

  constructor(
    private readonly options: FleetOptions,
    private readonly context: FleetContext,
    private readonly speech: SpeechLibrary,
    private readonly workers: number,
  ) {
    this.#startedWallMs = context.clock.wallMs();
  }

  begin(): void {
    this.#zeroMs = this.context.clock.nowMs();
    this.#startedWallMs = this.context.clock.wallMs();
    const { warmupMs, scenario } = this.options;
    this.#marks.push({ atS: warmupMs / 1000, what: 'counted_from' });
    if (scenario === 'wake-storm')
      for (let at = warmupMs; at < plannedEndMs(this.options); at += STORM_EVERY_MS)
        this.#marks.push({ atS: at / 1000, what: 'storm' });
    if (scenario === 'boot-storm') this.#marks.push({ atS: warmupMs / 1000, what: 'storm' });
    this.#marks.push({ atS: plannedEndMs(this.options) / 1000, what: 'planned_end' });
  }

  mark(what: 'restart' | 'restarted'): void {
    this.#marks.push({ atS: hundredths(this.#elapsedMs() / 1000), what });
  }

  invalid(reason: InvalidReason): void {
    this.#reasons.push(reason);
  }

  second(_worker: number, second: GroupSecond): void {
    this.#turns.push(...second.turns);
    const parts = [...(this.#pending.get(second.atS) ?? []), second];
    this.#pending.set(second.atS, parts);
    // Workers whose devices have ended send nothing more, so nobody waits for their reports. A second with a missing
    // report is passed on together with the next one.
    if (parts.length >= this.workers - this.#finished) this.#flush(second.atS);
  }

  report(report: GroupReport): void {
    this.#reports.push(report);
    this.#finished += 1;
  }

  result(): FleetResult {
    this.#flush(Infinity);
    const { options } = this;
    const devices = this.#reports.flatMap((report) => report.devices).sort((a, b) => a.device - b.device);
    const turns = this.#turns.sort((a, b) => a.dueAt - b.dueAt || a.device - b.device);
    const totals = totalsOf(options, turns, devices, this.#planned());
    const loop = joinHistograms(this.#reports.map(({ loopDelay }) => loopDelay));
    const sent = joinHistograms(this.#reports.map(({ sendLateness }) => sendLateness));
    const own = this.#own(sent, loop);
    for (const reason of bottlenecks(own, sent, options.ownLimits)) this.invalid(reason);
    const { localToken: _secret, ...reported } = options;
    return {
      version: FLEET_RESULT_VERSION,
      options: reported,
      startedAt: new Date(this.#startedWallMs).toISOString(),
      elapsedMs: Math.round(this.#elapsedMs()),
      valid: this.#reasons.length === 0,
      reasons: this.#reasons,
      totals,
      own,
      seconds: this.#seconds,
      devices,
      turns,
      marks: this.#marks.sort((a, b) => a.atS - b.atS),
    };
  }

  #flush(upTo: number): void {
    for (const atS of [...this.#pending.keys()].filter((second) => second <= upTo).sort((a, b) => a - b)) {
      const second = join(this.#pending.get(atS) ?? [], atS);
      this.#pending.delete(atS);
      this.#seconds.push(second);
      this.#tell(second);
    }
  }

  #tell(second: FleetSecond): void {
    const counted = this.#turns.filter(({ warmup }) => !warmup);
    this.context.onProgress?.({
      elapsedMs: Math.round(this.#elapsedMs()),
      untilMs: plannedEndMs(this.options),
      second,
      turns: counted.length,
      failed: counted.filter(({ complete }) => !complete).length,
      underruns: counted.reduce((sum, { underruns }) => sum + underruns.length, 0),
      firstSoundMs: summarise(counted.map(({ firstSoundMs }) => firstSoundMs)),
    });
  }

  #planned(): number {
    let planned = 0;
    for (let device = 0; device < this.options.devices; device++) {
      planned += planDevice(this.options, this.speech, device).turns.filter(
        ({ plannedAt }) => plannedAt >= this.options.warmupMs,
      ).length;
    }
    return planned;
  }

  #own(sent: DelayHistogram, loop: DelayHistogram): FleetOwn {
    const reports = this.#reports;
    const sum = (of: (report: GroupReport) => number): number =>
      reports.reduce((total, report) => total + of(report), 0);
    const max = (of: (report: GroupReport) => number): number => Math.max(0, ...reports.map(of));
    return {
      workers: this.workers,
      cpuCores: hundredths(sum(({ cpuMs, wallMs }) => (wallMs > 0 ? cpuMs / wallMs : 0))),
      rssBytes: sum(({ rssBytes }) => rssBytes),
      sendLateness: sent.summary(),
      loopDelayP99Ms: loop.quantileMs(0.99),
      loopUtilisation: hundredths(max(({ loopUtilisation }) => loopUtilisation)),
      longestStandstillMs: hundredths(max(({ longestStandstillMs }) => longestStandstillMs)),
      doubtfulTurns: this.#turns.filter((turn) => !turn.warmup && isDoubtful(turn, this.options.ownLimits)).length,
    };
  }

  #elapsedMs(): number {
    return this.#zeroMs === undefined ? 0 : this.context.clock.nowMs() - this.#zeroMs;
  }
}

function bottlenecks(own: FleetOwn, sent: DelayHistogram, limits: OwnLimits): InvalidReason[] {
  const reasons: InvalidReason[] = [];
  const above = (what: InvalidReason['what'], measured: number, limit: number, words: string): void => {
    if (measured <= limit) return;
    const unit = what === 'loop_utilisation' ? '' : ' ms';
    reasons.push({
      what,
      measured: hundredths(measured),
      limit,
      detail:
        `the fleet itself was too slow: ${words} ` +
        `${hundredths(measured)}${unit}, at most ${limit}${unit} is allowed`,
    });
  };
  above('send_lateness', sent.quantileMs(0.99), limits.sendLatenessP99Ms, 'packets left late, 99th percentile');
  above('loop_delay', own.loopDelayP99Ms, limits.loopDelayP99Ms, 'its event loop was late, 99th percentile');
  above('loop_utilisation', own.loopUtilisation, limits.loopUtilisation, 'busy part of its event loop');
  // A standstill only delays a few packets. The run is invalid only if turns went wrong during a standstill.
  if (own.doubtfulTurns > 0)
    above(
      'standstill',
      own.longestStandstillMs,
      limits.standstillMs,
      `${own.doubtfulTurns} ${own.doubtfulTurns === 1 ? 'turn' : 'turns'} went wrong while it stood still for up to`,
    );
  return reasons;
}

function isDoubtful(turn: FleetTurn, limits: OwnLimits): boolean {
  const wrong =
    turn.underruns.length > 0 || turn.lostPackets > 0 || turn.overflows > 0 || turn.violations !== undefined;
  return wrong && (turn.standstillMs ?? 0) > limits.standstillMs;
}

function join(parts: readonly GroupSecond[], atS: number): FleetSecond {
  const sum = (of: (part: GroupSecond) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const leads = parts.flatMap(({ leadsMs }) => leadsMs);
  const turns = parts.flatMap((part) => part.turns);
  return {
    atS,
    connected: sum(({ connected }) => connected),
    talking: sum(({ talking }) => talking),
    activeTurns: sum(({ activeTurns }) => activeTurns),
    waiting: sum(({ waiting }) => waiting),
    playing: sum(({ playing }) => playing),
    ...(leads.length > 0 && {
      leadMinMs: Math.round(Math.min(...leads)),
      leadMedianMs: Math.round(percentile(leads, 0.5)),
    }),
    underruns: sum(({ underruns }) => underruns),
    overflows: sum(({ overflows }) => overflows),
    completed: turns.filter(({ complete }) => complete).length,
    failed: turns.filter(({ complete }) => !complete).length,
    loopDelayMaxMs: hundredths(Math.max(0, ...parts.map(({ loopDelayMaxMs }) => loopDelayMaxMs))),
  };
}
