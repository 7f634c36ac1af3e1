import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, type Random, seededRandom } from '../../../core/index.js';
import { readJson } from './body.js';
import { type ChatRequest, ChatStream, readChat } from './chat-wire.js';
import { clientGone } from './client-gone.js';
import { draw, drawFailure } from './drawing.js';
import type { DelayHistogram } from '../../statistics.js';
import type { LlmError, StandInOptions } from './options.js';
import { writeReply } from './reply-text.js';
import type { LlmRequestRecord, RequestLog } from './request-log.js';
import { deliver } from './timed-delivery.js';

export interface LlmStandInOptions {
  readonly seed: number;
  readonly behaviour: StandInOptions['llm'];
  readonly clock: Clock;
  readonly log: RequestLog;
  readonly lateness: DelayHistogram;
}

/** A plan is drawn when a request arrives. The n-th request gets the n-th plan of a fixed sequence. */
interface Plan {
  readonly failure: LlmError | undefined;
  readonly callsTool: boolean;
  readonly firstTokenMs: number;
  readonly spokenMs: number;
  /** Chooses the words, and the place at which a reply is cut off. */
  readonly random: Random;
}

/** An OpenAI-compatible service for `POST /v1/chat/completions`. */
export class LlmStandIn {
  readonly #random: Random;
  #requests = 0;

  constructor(private readonly options: LlmStandInOptions) {
    this.#random = seededRandom(options.seed, 'llm');
  }

  async answer(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const body = await readJson(request);
    const { clock } = this.options;
    const startMs = clock.nowMs();
    if (!body || !Array.isArray(body['messages'])) {
      sendError(response, 400, 'invalid_request_error', 'messages is missing');
      return;
    }
    const plan = this.#plan();
    const chat = readChat(body, this.options.behaviour.tool?.name);
    const record = (outcome: LlmRequestRecord['outcome'], more: Partial<LlmRequestRecord> = {}): void =>
      this.options.log.llm({
        atWallMs: clock.wallMs() - (clock.nowMs() - startMs),
        outcome,
        firstTokenMs: undefined,
        firstSentenceMs: undefined,
        tokens: 0,
        firstSentence: '',
        ...more,
      });
    if (plan.failure !== undefined && plan.failure !== 'cut') {
      record('failed');
      await fail(plan.failure, response, signal);
      return;
    }
    if (plan.callsTool && chat.offersTool && !chat.afterTool)
      await this.#callTool(response, chat, startMs + plan.firstTokenMs, record, signal);
    else await this.#speak(response, chat, plan, startMs, record, signal);
  }

  #plan(): Plan {
    const { behaviour, seed } = this.options;
    const random = this.#random;
    // Every request draws the same number of random numbers, so that one answer does not change the next.
    const failure = drawFailure(behaviour.errors, random);
    const callsTool = random() < (behaviour.tool?.share ?? 0);
    this.#requests += 1;
    const own = seededRandom(seed, `llm ${this.#requests}`);
    return {
      failure,
      callsTool,
      firstTokenMs: draw(behaviour.firstTokenMs, own),
      spokenMs: draw(behaviour.replySeconds, own) * 1000,
      random: own,
    };
  }

  async #speak(
    response: ServerResponse,
    chat: ChatRequest,
    plan: Plan,
    startMs: number,
    record: (outcome: LlmRequestRecord['outcome'], more: Partial<LlmRequestRecord>) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, lateness, behaviour } = this.options;
    const reply = writeReply(plan.random, plan.spokenMs, chat.language);
    const cutAt = plan.failure === 'cut' ? Math.floor(plan.random() * reply.tokens.length) : undefined;
    const seen: { firstTokenMs: number | undefined; firstSentenceMs: number | undefined; tokens: number } = {
      firstTokenMs: undefined,
      firstSentenceMs: undefined,
      tokens: 0,
    };
    const stream = new ChatStream(response, chat.stream);
    const gone = clientGone(response, signal);
    try {
      await deliver(
        clock,
        lateness,
        {
          count: cutAt ?? reply.tokens.length,
          dueMs: (index) => startMs + plan.firstTokenMs + (index * 1000) / behaviour.tokensPerSecond,
          send: (index) => {
            stream.text(reply.tokens[index] ?? '');
            seen.tokens += 1;
            if (index === 0) seen.firstTokenMs = clock.nowMs() - startMs;
            if (index === reply.firstSentenceTokens - 1) seen.firstSentenceMs = clock.nowMs() - startMs;
          },
        },
        gone.signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!gone.signal.aborted) throw error;
      record('gone', { ...seen, firstSentence: reply.firstSentence });
      return;
    } finally {
      gone.dispose();
    }
    record(cutAt === undefined ? 'replied' : 'failed', { ...seen, firstSentence: reply.firstSentence });
    if (cutAt === undefined)
      stream.finish(
        'stop',
        chat.includeUsage ? { input: chat.inputTokens, output: reply.tokens.length } : undefined,
        reply,
      );
    else response.destroy();
  }

  async #callTool(
    response: ServerResponse,
    chat: ChatRequest,
    dueMs: number,
    record: (outcome: LlmRequestRecord['outcome']) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { behaviour, clock, lateness } = this.options;
    const { tool } = behaviour;
    const gone = clientGone(response, signal);
    try {
      await deliver(clock, lateness, { count: 1, dueMs: () => dueMs, send: () => undefined }, gone.signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!gone.signal.aborted) throw error;
      record('gone');
      return;
    } finally {
      gone.dispose();
    }
    record('called_tool');
    const stream = new ChatStream(response, chat.stream);
    stream.tool(`call_${this.#requests}`, tool?.name ?? '', JSON.stringify(tool?.arguments ?? {}));
    stream.finish('tool_calls', chat.includeUsage ? { input: chat.inputTokens, output: 12 } : undefined, undefined);
  }
}

async function fail(kind: Exclude<LlmError, 'cut'>, response: ServerResponse, signal: AbortSignal): Promise<void> {
  switch (kind) {
    case 'rate_limited':
      sendError(response, 429, 'rate_limit_exceeded', 'too many requests');
      return;
    case 'server_error':
      sendError(response, 500, 'server_error', 'internal error');
      return;
    case 'hang_up':
      response.destroy();
      return;
    case 'silence':
      await until(response, signal);
  }
}

function sendError(response: ServerResponse, status: number, type: string, message: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ error: { type, message, code: type } }));
}

/** Resolves when the client has gone away, or when the stand-in stops. */
function until(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
