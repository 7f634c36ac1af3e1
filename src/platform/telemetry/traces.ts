import type {
  Attributes,
  AttributeValue,
  Context,
  HrTime,
  Span,
  SpanKind,
  SpanStatusCode,
  Tracer,
} from '@opentelemetry/api';
import type { Logger } from '../../core/index.js';
import { TURN_FIELD_LIST, type TurnRecord, type TurnSpan } from '../../records/index.js';

export interface TraceOptions {
  /** The collector's address (`telemetry.otlp_endpoint`). `/v1/traces` is appended if it is missing. */
  readonly endpoint: string;
  readonly version: string;
  /** Id of the language model as `openai:NAME`. The id `offline` means the built-in assistant, which is no model. */
  readonly llm: () => string;
  readonly log: Logger;
}

export interface Traces {
  /** Returns at once. */
  turn(turn: TurnRecord): void;
  /** Sends the remaining spans, for a few seconds at most. Idempotent. */
  close(): Promise<void>;
}

/** Short, so that a collector that does not answer does not delay the shutdown. */
const EXPORT_TIMEOUT_MS = 3_000;
const MAX_WAITING_SPANS = 4_096;

/** Loads OpenTelemetry, which takes a few hundred milliseconds. Call only if traces are enabled. */
export async function openTraces({ endpoint, version, llm, log }: TraceOptions): Promise<Traces> {
  const [api, { BasicTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const exporter = new OTLPTraceExporter({ url: tracesUrl(endpoint), timeoutMillis: EXPORT_TIMEOUT_MS });
  let failing = false;
  const watched: ConstructorParameters<typeof BatchSpanProcessor>[0] = {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const { error } = result;
        if (error && !failing)
          log.warn('traces cannot be sent to telemetry.otlp_endpoint; they are dropped until it answers', {
            problem: 'traces.not_sent',
            error: error.message,
          });
        if (!error && failing) log.info('traces are sent again');
        failing = error !== undefined;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  };
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'chorus', 'service.version': version }),
    spanProcessors: [
      new BatchSpanProcessor(watched, { maxQueueSize: MAX_WAITING_SPANS, exportTimeoutMillis: EXPORT_TIMEOUT_MS }),
    ],
  });
  const writer = new TurnWriter(llm, {
    tracer: provider.getTracer('chorus', version),
    root: api.ROOT_CONTEXT,
    within: (span) => api.trace.setSpan(api.ROOT_CONTEXT, span),
    client: api.SpanKind.CLIENT,
    failed: api.SpanStatusCode.ERROR,
  });
  let closing: Promise<void> | undefined;
  return {
    turn: (turn) => writer.write(turn),
    // Logged only for debugging, because send failures were already logged as warnings.
    close: () =>
      (closing ??= provider
        .shutdown()
        .catch((error: unknown) => log.debug('the last traces were not sent', { error }))),
  };
}

function tracesUrl(endpoint: string): string {
  return /\/v1\/traces\/?$/.test(endpoint) ? endpoint : `${endpoint.replace(/\/+$/, '')}/v1/traces`;
}

/** The parts of OpenTelemetry that {@link TurnWriter} uses. `openTraces` passes them, because it loads the library. */
interface SpanMaker {
  readonly tracer: Tracer;
  readonly root: Context;
  readonly within: (span: Span) => Context;
  readonly client: SpanKind;
  readonly failed: SpanStatusCode;
}

/** Creates the spans from the record after the turn, so the turn itself carries no tracing state. */
class TurnWriter {
  constructor(
    private readonly llm: () => string,
    private readonly make: SpanMaker,
  ) {}

  write(turn: TurnRecord): void {
    const { stagesMs: stages, utteranceAtWallMs: decidedMs } = turn;
    const spokenMs = decidedMs - (stages.endpoint ?? 0);
    const span = this.make.tracer.startSpan(
      'turn',
      { startTime: time(spokenMs), attributes: { 'chorus.turn.id': turn.id, ...attributesOf('turn', turn) } },
      this.make.root,
    );
    if (turn.code !== undefined) span.setStatus({ code: this.make.failed, message: turn.code });
    const context = this.make.within(span);
    const stage = (name: string, fromMs: number, lastsMs: number | undefined, attributes: Attributes = {}): void => {
      if (lastsMs !== undefined)
        this.make.tracer.startSpan(name, { startTime: time(fromMs), attributes }, context).end(time(fromMs + lastsMs));
    };
    stage('endpoint', spokenMs, stages.endpoint);
    stage('admission', decidedMs, stages.admission);
    stage(
      'recognition',
      decidedMs,
      stages.transcript,
      known({
        'chorus.asr.wait_ms': stages.asr_wait,
        'chorus.asr.run_ms': stages.asr_run,
        ...attributesOf('recognition', turn),
      }),
    );
    const textMs = decidedMs + (stages.transcript ?? 0);
    this.#writeAnswer(turn, textMs, context);
    const firstChunkMs = textMs + (stages.llm_first_chunk ?? 0);
    stage('synthesis', firstChunkMs, stages.tts_first_audio, attributesOf('synthesis', turn));
    const soundMs = textMs + (stages.first_packet ?? 0);
    const spokeMs = stages.first_packet === undefined ? undefined : Math.max(0, turn.atWallMs - soundMs);
    stage('speaking', soundMs, spokeMs, attributesOf('speaking', turn));
    span.end(time(turn.atWallMs));
  }

  /** For a model, the span has the attributes of the semantic conventions for generative AI. */
  #writeAnswer(turn: TurnRecord, textMs: number, context: Context): void {
    const { llm_first_token: firstTokenMs, llm_first_chunk: firstChunkMs, llm_answer: answerMs } = turn.stagesMs;
    const lastsMs = answerMs ?? firstChunkMs ?? firstTokenMs;
    if (lastsMs === undefined) return;
    const [, provider, model] = /^([^:]+):(.+)$/.exec(this.llm()) ?? [];
    const span = this.make.tracer.startSpan(
      model === undefined ? 'answer' : `chat ${model}`,
      {
        startTime: time(textMs),
        ...(model !== undefined && { kind: this.make.client }),
        attributes: known({
          'gen_ai.operation.name': model && 'chat',
          'gen_ai.provider.name': provider,
          'gen_ai.request.model': model,
          ...attributesOf('answer', turn),
        }),
      },
      context,
    );
    if (firstTokenMs !== undefined) span.addEvent('first_token', {}, time(textMs + firstTokenMs));
    if (firstChunkMs !== undefined) span.addEvent('first_chunk', {}, time(textMs + firstChunkMs));
    span.end(time(textMs + lastsMs));
  }
}

export function attributesOf(span: TurnSpan, turn: TurnRecord): Attributes {
  return known(
    Object.fromEntries(
      TURN_FIELD_LIST.flatMap(([name, { trace }]) => (trace?.span === span ? [[trace.attribute, turn[name]]] : [])),
    ) as Readonly<Record<string, AttributeValue | undefined>>,
  );
}

function known(attributes: Readonly<Record<string, AttributeValue | undefined>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

function time(wallMs: number): HrTime {
  const seconds = Math.floor(wallMs / 1000);
  return [seconds, Math.round((wallMs - seconds * 1000) * 1e6)];
}
