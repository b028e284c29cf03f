// Claims about service levels and approval by class of demand.
import { describe, expect, it } from 'vitest';
import { levelOfClass, serviceByClass } from '../../../operators/replenish/service-by-class.js';
import { normals, Scene } from './scene.js';

describe('service levels by class', () => {
  const levels = serviceByClass('A=0.98, B = .95,CZ=0.8');

  it.each([
    ['A', 0.98],
    ['AX', 0.98],
    ['BZ', 0.95],
    ['CZ', 0.8],
    ['CX', undefined],
    ['', undefined],
  ] as const)('of %s: %s', (name, level) => {
    expect(levelOfClass(levels, name)).toBe(level);
  });

  it('of two letters win over those of one', () => {
    const both = serviceByClass('AZ=0.9,A=0.98');
    expect([levelOfClass(both, 'AZ'), levelOfClass(both, 'AX')]).toEqual([0.9, 0.98]);
  });

  it('are none where nothing is said', () => {
    expect(serviceByClass(null).size).toBe(0);
    expect(levelOfClass(undefined, 'AX')).toBeUndefined();
  });

  it('refuse what is no class or no level', () => {
    expect(() => serviceByClass('D=0.9')).toThrow(/'D'/);
    expect(() => serviceByClass('A=1')).toThrow(/level of A .*'1'/);
    expect(() => serviceByClass('A')).toThrow(/level of A/);
  });
});

/** Item `many` is AX or AY, item `few` C, by five weeks of sales. */
function sold(settings: Record<string, unknown>, terms: object): Scene {
  const scene = new Scene(settings);
  const noise = normals(7);
  for (const sku of ['many', 'few']) {
    // Not `scene.item`, which gives a service level.
    const item = { leadTime: { meanDays: 7, sdDays: 0 }, policy: { kind: 'sQ' }, ...terms };
    scene.send({ type: 'catalog.item', sku, status: 'active', ...item });
    scene.count(sku, 1e6, 0);
  }
  for (let day = 0; day < 35; day++) {
    scene.sell('many', Math.max(1, Math.round(100 + 30 * noise())), day + 0.5);
    scene.sell('few', 1 + (day % 2), day + 0.5);
  }
  scene.tick(35.1);
  return scene;
}

function serviceOf(scene: Scene, sku: string) {
  const { replenish, clock } = scene.core;
  return replenish.plan(scene.row(sku), clock.streamTimeMs);
}

describe('an item whose service level is not given', () => {
  it('has that of its class', () => {
    const scene = sold({ 'replenish.serviceByClass': 'A=0.99,C=0.6' }, {});
    expect(serviceOf(scene, 'many')?.terms.service).toEqual({ kind: 'cycle', level: 0.99 });
    expect(serviceOf(scene, 'few')?.terms.service).toEqual({ kind: 'cycle', level: 0.6 });
    const plain = sold({}, {});
    expect(serviceOf(plain, 'many')?.terms.service.level).toBe(0.95);
    const [high, usual] = [scene, plain].map((of) => serviceOf(of, 'many')?.levels.safetyStock);
    expect(high as number).toBeGreaterThan(usual as number);
  });

  it('has a given one whatever its class', () => {
    const scene = sold({ 'replenish.serviceByClass': 'A=0.99' }, { serviceLevel: { fill: 0.9 } });
    expect(serviceOf(scene, 'many')?.terms.service).toEqual({ kind: 'fill', level: 0.9 });
  });

  it('follows it into another class', () => {
    const scene = sold({ 'replenish.serviceByClass': 'A=0.99,C=0.6' }, {});
    for (let day = 36; day < 136; day++) scene.sell('few', 300, day + 0.5);
    scene.tick(137);
    expect(serviceOf(scene, 'few')?.terms.demandClass.charAt(0)).toBe('A');
    expect(serviceOf(scene, 'few')?.terms.service.level).toBe(0.99);
  });
});

describe('approval by class', () => {
  const empty = (settings: Record<string, unknown>) => {
    const scene = sold(settings, {});
    const signals = ['many', 'few'].flatMap((sku) => scene.count(sku, 0, 35.2));
    return signals.map(({ sku, state, because }) => ({ sku, state, because }));
  };

  it('sends all of them unless told otherwise', () => {
    expect(empty({})).toMatchObject([
      { sku: 'many', state: 'approved' },
      { sku: 'few', state: 'approved' },
    ]);
  });

  it('lets those wait whose class is not named', () => {
    expect(empty({ 'signals.approve.classes': 'B,C' })).toEqual([
      { sku: 'many', state: 'proposed', because: 'class' },
      { sku: 'few', state: 'approved', because: undefined },
    ]);
  });

  it('lets a SKU of unknown class wait where classes are asked about', () => {
    const scene = new Scene({ 'signals.approve.classes': 'A,B' });
    const policy = { kind: 'sS', reorderPoint: 5, orderUpToLevel: 9 } as const;
    scene.item('new', { policy });
    const [signal] = scene.count('new', 1, 0);
    expect(signal).toMatchObject({ state: 'proposed', because: 'class' });
    const all = new Scene();
    all.item('new', { policy });
    expect(all.count('new', 1, 0)[0]).toMatchObject({ state: 'approved' });
  });

  it('refuses classes and levels that are none', () => {
    expect(() => new Scene({ 'signals.approve.classes': 'A,D' })).toThrow(/classes such as/);
    expect(() => new Scene({ 'replenish.serviceByClass': 'A=1.5' })).toThrow(/levels such as/);
  });
});
