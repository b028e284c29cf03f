// The demo's last word: what came in, what went out, and whether anything went wrong.
import type { Settings } from '../../config/settings.js';
import type { Engine } from '../engine.js';
import type { Player } from './player.js';
import type { Scene } from './scene.js';

export type DemoSummary = Awaited<ReturnType<typeof summarize>>;

export interface SummaryInput {
  readonly engine: Engine;
  readonly player: Player;
  readonly scene: Scene;
  readonly settings: Settings;
  readonly warmSeconds: number;
}

/** Counts both ends; `problems` is empty when all is well. */
export async function summarize(input: SummaryInput) {
  const { engine, player, scene, settings, warmSeconds } = input;
  const { core, traffic } = engine;
  const { counts } = core.outbox;
  const decided = counts.applied + counts.duplicate + counts.refused;
  const published = publishedEvents(engine, player);
  // A server of the user's own may hold the rows of earlier runs.
  const isOurs = settings.clickhouse.url === null;
  const history = isOurs ? await engine.countHistory() : null;
  const different = quantitiesThatDiffer(engine, scene);
  const problems: string[] = [];
  if (engine.failure !== null) problems.push(`the engine failed: ${engine.failure}`);
  if (decided !== published) {
    problems.push(`${published} events published, ${decided} decided`);
  }
  if (counts.refused > 0) problems.push(`${counts.refused} events were refused`);
  if (counts.signals === 0) problems.push('no signals');
  if (history !== null && history.events !== published) {
    problems.push(`${published} events published, ${history.events} in history`);
  }
  if (different > 0) problems.push(`${different} SKUs differ from the warehouse's own book`);
  for (const part of engine.parts()) {
    if (part.state !== 'up') problems.push(`${part.name} is ${part.state}: ${part.detail}`);
  }
  return {
    ok: problems.length === 0,
    problems,
    events: { published, decided, ...counts },
    models: engine.core.neural?.used ?? 0,
    signals: { raised: counts.signals, open: core.replenish.open.size, answered: player.answered },
    alerts: { sent: counts.alerts, open: core.alerts.openCount },
    latencyMs: { p50: traffic.latencyMs(0.5), p99: traffic.latencyMs(0.99) },
    skuLocations: core.table.rows,
    history,
    streamTime: new Date(core.clock.streamTimeMs).toISOString(),
    warmSeconds: Math.round(warmSeconds * 10) / 10,
    url: engine.url,
  };
}

/** What the player has published, and the models that the engine has put into the log itself. */
export function publishedEvents({ core }: Engine, player: Player): number {
  return player.published + (core.neural?.used ?? 0);
}

/** SKUs whose on-hand is not what the simulated warehouse has in its book. */
function quantitiesThatDiffer({ core }: Engine, scene: Scene): number {
  let different = 0;
  for (const [sku, { onHand }] of scene.warehouse.book()) {
    const row = core.table.rowsOf(core.table.skus.find(sku))[0];
    if (row === undefined || core.ledger.positions.onHand(row) !== onHand) different++;
  }
  return different;
}
