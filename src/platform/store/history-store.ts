import type { Insertable, Selectable } from 'kysely';
import type { Database } from './database.js';
import type { HistoryQuery, HistoryStore, HistoryTurn, TalkSums } from './history-port.js';
import type { StoreSchema } from './schema.js';

/** The {@link HistoryStore} on any {@link Database}. */
export class KyselyHistoryStore implements HistoryStore {
  constructor(private readonly database: Database) {}

  keepTurns(turns: readonly HistoryTurn[]): Promise<void> {
    if (turns.length === 0) return Promise.resolve();
    return this.database.write('keep turns', async (tx) => {
      const talked = [...new Set(turns.map(({ deviceId }) => deviceId))];
      const known = new Set(
        (await tx.selectFrom('devices').select('device_id').where('device_id', 'in', talked).execute()).map(
          (row) => row.device_id,
        ),
      );
      const rows = turns.filter(({ deviceId }) => known.has(deviceId)).map(toRow);
      if (rows.length === 0) return;
      await tx
        .insertInto('turns')
        .values(rows)
        .onConflict((c) => c.column('id').doNothing())
        .execute();
    });
  }

  recentTurns({ limit, deviceId, beforeMs }: HistoryQuery): Promise<readonly HistoryTurn[]> {
    return this.database.read('read the history', async (db) => {
      let query = db.selectFrom('turns').selectAll().orderBy('at_ms', 'desc').orderBy('id', 'desc').limit(limit);
      if (deviceId !== undefined) query = query.where('device_id', '=', deviceId);
      if (beforeMs !== undefined) query = query.where('at_ms', '<', Math.round(beforeMs)); // As it is written.
      return (await query.execute()).map(toTurn);
    });
  }

  talkOf(deviceId: string, beforeMs: number): Promise<TalkSums | undefined> {
    return this.database.read('sum up the history of a device', async (db) => {
      const turns = db.selectFrom('turns').where('device_id', '=', deviceId).where('at_ms', '<', Math.round(beforeMs));
      const last = await turns.selectAll().orderBy('at_ms', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst();
      if (!last) return undefined;
      const sums = await turns
        .select(({ fn }) => [
          fn.countAll<number>().as('turns'),
          fn.sum<number>('underruns').as('underruns'),
          fn.sum<number>('underrun_ms').as('underrunMs'),
        ])
        .executeTakeFirst();
      return sums && { ...sums, last: toTurn(last) };
    });
  }
}

function toRow(turn: HistoryTurn): Insertable<StoreSchema['turns']> {
  const { id, language, outcome, mode, sentences, packets, bytes, underruns } = turn;
  return {
    id,
    language,
    outcome,
    mode,
    sentences,
    packets,
    bytes,
    underruns,
    device_id: turn.deviceId,
    at_ms: Math.round(turn.atWallMs),
    utterance_at_ms: Math.round(turn.utteranceAtWallMs),
    board: turn.board ?? null,
    firmware_version: turn.firmwareVersion ?? null,
    code: turn.code ?? null,
    asr: turn.asr ?? null,
    speculated: Number(turn.speculated),
    prepared: Number(turn.prepared),
    stages_ms: JSON.stringify(turn.stagesMs),
    cached_sentences: turn.cachedSentences,
    underrun_ms: Math.round(turn.underrunMs),
    input_tokens: turn.inputTokens ?? null,
    output_tokens: turn.outputTokens ?? null,
    user_text: turn.userText ?? null,
  };
}

function toTurn(row: Selectable<StoreSchema['turns']>): HistoryTurn {
  const { id, language, outcome, mode, sentences, packets, bytes, underruns } = row;
  return {
    id,
    language,
    outcome,
    mode,
    sentences,
    packets,
    bytes,
    underruns,
    deviceId: row.device_id,
    atWallMs: row.at_ms,
    utteranceAtWallMs: row.utterance_at_ms,
    board: row.board ?? undefined,
    firmwareVersion: row.firmware_version ?? undefined,
    code: row.code ?? undefined,
    asr: row.asr ?? undefined,
    speculated: row.speculated !== 0,
    prepared: row.prepared !== 0,
    stagesMs: JSON.parse(row.stages_ms) as Record<string, number>,
    cachedSentences: row.cached_sentences,
    underrunMs: row.underrun_ms,
    inputTokens: row.input_tokens ?? undefined,
    outputTokens: row.output_tokens ?? undefined,
    userText: row.user_text ?? undefined,
  };
}
