// The engine's core and the simulated warehouse, closed: signals order, orders move positions.
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../../../config/settings.js';
import { createCore } from '../../../engine/core.js';
import { DEMO_START_MS, demoFiles } from '../../../engine/demo/data.js';
import { demoScene, type Scene } from '../../../engine/demo/scene.js';
import type { Signal } from '../../../operators/events/result.js';
import { Batch } from '../../../operators/stream/batch.js';

const HOUR_MS = 3_600_000;
const DAYS = 7;

interface Played {
  readonly core: ReturnType<typeof createCore>;
  readonly scene: Scene;
  readonly signals: Signal[];
  readonly refused: string[];
  readonly boughtFor: Map<string, number>;
}

async function play(): Promise<Played> {
  const core = createCore(loadSettings({ file: demoFiles().settings, env: {} }));
  const scene = await demoScene({ seed: 'demo' });
  const played: Played = { core, scene, signals: [], refused: [], boughtFor: new Map() };
  let position = 0;
  const step = async (untilMs: number) => {
    const events = await scene.timeline.next(untilMs);
    const messages = events.map((event) => ({
      position: ++position,
      subject: `events.${event.type.split('.')[0]}`,
      storedAtMs: null,
      data: new TextEncoder().encode(JSON.stringify(event)),
    }));
    for (const event of events) {
      if (event.type !== 'purchase.ordered') continue;
      const signalId = event.signalId ?? '';
      played.boughtFor.set(signalId, (played.boughtFor.get(signalId) ?? 0) + 1);
    }
    const batch = new Batch();
    core.decoder.decode(messages, batch);
    core.chain.run(batch);
    const { signals, refusals } = core.outbox.take();
    played.refused.push(...refusals.map(({ detail }) => detail));
    for (const signal of signals) {
      played.signals.push(signal);
      // The broker may deliver again: the warehouse must not care.
      scene.timeline.signal(signal);
      scene.timeline.signal(signal);
    }
  };
  await step(DEMO_START_MS - 1);
  for (let hour = 1; hour <= DAYS * 24; hour++) await step(DEMO_START_MS + hour * HOUR_MS);
  return played;
}

describe('the closed loop on real orders', () => {
  let played: Played;

  beforeAll(async () => {
    played = await play();
  });

  it('refuses nothing', () => {
    expect(played.refused).toEqual([]);
  });

  it("agrees with the warehouse's own book on every quantity of every SKU", () => {
    const { positions } = played.core.ledger;
    const book = played.scene.warehouse.book();
    const wrong: unknown[] = [];
    for (let row = 0; row < played.core.table.rows; row++) {
      const sku = played.core.table.sku(row);
      const engine = positions.read(row);
      const warehouse = book.get(sku) ?? { onHand: 0, open: 0, onOrder: 0 };
      const isSame =
        engine.onHand === warehouse.onHand &&
        engine.allocated + engine.backordered === warehouse.open &&
        engine.onOrder === warehouse.onOrder;
      if (!isSame) wrong.push({ sku, engine, warehouse });
    }
    expect(wrong).toEqual([]);
    expect(played.core.table.rows).toBe(played.scene.skus);
  });

  it('raises no signal before the demo starts, and one purchase order for each after', () => {
    expect(played.signals.length).toBeGreaterThan(500);
    for (const { time } of played.signals) {
      expect(Date.parse(time)).toBeGreaterThanOrEqual(DEMO_START_MS);
    }
    expect(Math.max(...played.boughtFor.values())).toBe(1);
    const reorders = played.signals.filter(({ kind }) => kind === 'reorder');
    expect(played.boughtFor.size).toBeGreaterThan(0.9 * reorders.length);
    const known = new Set(played.signals.map(({ id }) => id));
    expect([...played.boughtFor.keys()].filter((id) => !known.has(id))).toEqual([]);
  });
});
