// Claims about recovery: a snapshot is the state at its position, however busy the engine was.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FileSnapshotStore } from '../../connectors/files/snapshot-store.js';
import type { LeaseState } from '../../connectors/nats/lease.js';
import { type Core, STATE_SCHEMA } from '../../engine/core.js';
import { Recovery, type RecoveryOptions } from '../../engine/recovery.js';
import { coreWith, messageOf, run, savedSections } from '../oracle/drive.js';

const settings = { 'ledger.journal': 1000 };
const START = Date.UTC(2026, 2, 2, 9);

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'recovery-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function recoveryOf(intervalMs = 1, more: Partial<RecoveryOptions> = {}): Recovery {
  return new Recovery({
    store: new FileSnapshotStore({ dir, keep: 100 }),
    intervalMs,
    makeDurable: () => Promise.resolve(),
    onSaved: () => undefined,
    log: pino({ level: 'silent' }),
    ...more,
  });
}

/** Message n: an order of a SKU never seen before, now and then an old one is shipped. */
function message(n: number) {
  const time = START + n * 1000;
  const order = { id: `o-${n}`, type: 'order.placed', time, orderId: `${n}`, location: 'x' };
  const placed = { ...order, lines: [{ sku: `SKU-${n}`, quantity: 2 }] };
  const shipped = { id: `s-${n}`, type: 'order.shipped', time, orderId: `${n - 3}` };
  return messageOf(JSON.stringify(n > 3 && n % 4 === 0 ? shipped : placed), n);
}

function applyTo(core: Core, from: number, to: number): void {
  for (let n = from; n <= to; n++) run(core, [message(n)]);
}

it('saves the state of the position that it was offered, while further events are applied', async () => {
  const core = coreWith(settings);
  const recovery = recoveryOf();
  let position = 0;
  await vi.waitFor(
    () => {
      applyTo(core, position + 1, position + 50);
      position += 50;
      recovery.offer(core, position);
      expect(recovery.savedPosition).toBeGreaterThan(500);
    },
    { timeout: 20_000, interval: 1 },
  );
  await recovery.idle();
  const restored = coreWith(settings);
  const from = await recoveryOf().load(restored);
  expect(from).toBe(recovery.savedPosition);
  const straight = coreWith(settings);
  applyTo(straight, 1, from as number);
  expect(savedSections(restored)).toEqual(savedSections(straight));
  applyTo(restored, (from as number) + 1, position);
  expect(savedSections(restored)).toEqual(savedSections(core));
});

it('saves what came last when it finishes, once', async () => {
  const core = coreWith(settings);
  applyTo(core, 1, 20);
  const recovery = recoveryOf(1_000_000);
  recovery.offer(core, 10);
  expect(recovery.savedPosition).toBe(null);
  await recovery.finish(core, 20);
  expect(recovery.savedPosition).toBe(20);
  await recovery.finish(core, 20);
  expect((await new FileSnapshotStore({ dir }).newest(STATE_SCHEMA)).snapshot?.position).toBe(20);
  const restored = coreWith(settings);
  expect(await recoveryOf().load(restored)).toBe(20);
  expect(savedSections(restored)).toEqual(savedSections(core));
});

it('saves under the fence of its lease, and nothing once that is lost, however late it hears', async () => {
  const core = coreWith(settings);
  applyTo(core, 1, 20);
  const lease: { state: LeaseState; fence: number } = { state: 'held', fence: 12 };
  const recovery = recoveryOf(1_000_000, {
    lease,
    // Lost while the results of the last events are waited for.
    makeDurable: () => {
      if (recovery.savedPosition !== null) lease.state = 'lost';
      return Promise.resolve();
    },
  });
  await recovery.finish(core, 19);
  const store = new FileSnapshotStore({ dir });
  expect((await store.newest(STATE_SCHEMA)).snapshot).toMatchObject({ position: 19, fence: 12 });
  await recovery.finish(core, 20);
  expect(recovery.savedPosition).toBe(19);
  expect((await store.names()).length).toBe(1);
});

it('saves while its lease has run out and is not known to be another engine’s', async () => {
  const core = coreWith(settings);
  applyTo(core, 1, 20);
  const recovery = recoveryOf(1_000_000, { lease: { state: 'expired', fence: 3 } });
  await recovery.finish(core, 20);
  expect(recovery.savedPosition).toBe(20);
});
