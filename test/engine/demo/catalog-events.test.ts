// The demo's catalog: real names and prices, terms by stated rules.
import { describe, expect, it } from 'vitest';
import { catalogEvents, supplierLeadTimes } from '../../../engine/demo/catalog-events.js';

const TIME = '2011-07-18T00:00:00+01:00';

function catalogOf(products: Record<string, string>[], revenue: [string, number][] = []) {
  return catalogEvents(products, {
    time: TIME,
    skus: new Set(products.map(({ sku }) => (sku as string).toUpperCase())),
    revenue: new Map(revenue),
    leadTimes: [{ meanDays: 10, sdDays: 5 }],
  });
}

describe('the catalog', () => {
  it('names each SKU once, by its more frequent spelling', () => {
    const items = catalogOf([
      { sku: '1a', description: 'less', median_price: '2', sale_lines: '5' },
      { sku: '1A', description: 'more', median_price: '3', sale_lines: '50' },
    ]);
    expect(items).toMatchObject([
      { sku: '1A', name: 'more', unitPrice: 3, unitCost: 1.5, supplier: 'supplier-01' },
    ]);
  });

  it('leaves out name and price where there are none', () => {
    const [item] = catalogOf([{ sku: 'X', description: '', median_price: '', sale_lines: '0' }]);
    expect(item).not.toHaveProperty('name');
    expect(item).not.toHaveProperty('unitPrice');
  });

  it('serves what earns most best: 80 % of revenue .98, the next 15 % .95, the rest .9', () => {
    const products = ['A', 'B', 'C', 'D'].map((sku) => ({ sku, median_price: '1' }));
    const items = catalogOf(products as Record<string, string>[], [
      ['A', 80],
      ['B', 15],
      ['C', 5],
    ]);
    const levels = items.map(({ serviceLevel: level }) => level && 'cycle' in level && level.cycle);
    expect(levels).toEqual([0.98, 0.95, 0.9, 0.9]);
    expect(items.map(({ policy }) => policy.kind)).toEqual(['sQ', 'sQ', 'sS', 'sS']);
  });
});

describe('lead times of suppliers', () => {
  it('are a tenth of those of vendors with 30 known deliveries, half as variable', () => {
    const deliveries = [
      ...Array.from({ length: 30 }, (_, i) => ({ vendor: 'a', lead_days: i % 2 ? '90' : '110' })),
      ...Array.from({ length: 29 }, () => ({ vendor: 'b', lead_days: '10' })),
      { vendor: 'b', lead_days: '' },
      { vendor: 'a', lead_days: '-292' },
    ];
    // Ten days on either side of the mean: sd = 10 * sqrt(30 / 29) = 10.17.
    expect(supplierLeadTimes(deliveries)).toEqual([{ meanDays: 10, sdDays: 0.5 }]);
  });
});
