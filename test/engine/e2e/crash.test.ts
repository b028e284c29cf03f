// The real process, killed under load and started again: nothing is lost, nothing is doubled.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare } from '../../torture/compare.js';
import type { Kill } from '../../torture/plan.js';
import { remainsOf } from '../../torture/remains.js';
import { Scene } from '../../torture/scene.js';
import { finish, killAll } from '../../torture/torture.js';
import { until } from './until.js';

const TIMEOUT_MS = 400_000;
/** Under load; at once again; while it loads its state; in the middle of a snapshot. */
const KILLS: readonly Kill[] = [
  { kind: 'deciding', afterMs: 2_500 },
  { kind: 'starting', afterMs: 30 },
  { kind: 'loading', afterMs: 40 },
  { kind: 'saving', afterMs: 0 },
];

let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open({ seed: 5, rate: 400, skus: 30, happeningsADay: 300 });
}, TIMEOUT_MS);

afterAll(async () => {
  await scene.close();
}, TIMEOUT_MS);

describe('the engine as a process', () => {
  it(
    'is killed under load, goes on each time, and ends in order when told to',
    async () => {
      await scene.life.start();
      scene.beginLoad();
      await killAll(scene, KILLS);
      await finish(scene);
    },
    TIMEOUT_MS,
  );

  it(
    'has then decided all of the stream once, published each result once and kept all in history',
    async () => {
      const verdict = compare(await remainsOf(scene));
      expect(verdict).toMatchObject({ lost: [], doubled: [], wrong: [] });
      expect(verdict.events).toBe(scene.events);
      expect(verdict.signals).toBeGreaterThan(5);
      expect(verdict.alerts).toBeGreaterThan(20);
    },
    TIMEOUT_MS,
  );

  it(
    'goes on from where it ended, and decides and publishes nothing again',
    async () => {
      const { life, streams } = scene;
      const stored = await streams.count('EVENTS');
      await life.start();
      await life.ready();
      const loaded = life.process.log.find(({ msg }) => msg === 'state loaded from a snapshot');
      expect(loaded?.position).toBe(stored);
      await streams.publish([{ id: 'after', type: 'control.tick', time: '2025-01-01T00:00:00Z' }]);
      await until('the next event is decided', async () => {
        return (await life.overview()).eventsTotal > scene.events;
      });
      const metrics = await life.process.get('/metrics');
      const counted = /^stockpulse_(?:events|signals|alerts)_total\{.*\} (?!0$).*$/gm;
      expect(metrics.match(counted)).toEqual(['stockpulse_events_total{kind="control.tick"} 1']);
      await life.stop();
    },
    TIMEOUT_MS,
  );
});
