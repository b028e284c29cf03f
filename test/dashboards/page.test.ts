// The live page in a real browser, built from the sources, on desktop and phone.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Decision, DecisionAnswer, FeedItem } from '../../dashboards/protocol.js';
import { chromiumPath, launchChromium, whyNoBrowser } from './chromium.js';
import { type Running, startSample } from './running.js';

if (chromiumPath === null) console.warn(`page tests skipped: ${whyNoBrowser}`);

const configFile = fileURLToPath(new URL('../../dashboards/web/vite.config.ts', import.meta.url));
const desktop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
/** Polled from here: the page's own policy forbids the evaluation of strings in it. */
const deadline = { timeout: 20_000, interval: 50 };
const proposal: Omit<FeedItem, 'number' | 'title'> = {
  ...{ type: 'signal', kind: 'reorder', severity: 'warning', detail: 'it costs more' },
  ...{ timeMs: Date.UTC(2011, 11, 1), sku: '20700', location: 'leicester', record: null },
  ...{ locationName: 'Leicester shop', name: 'Mug' },
};
const quick = { overviewEveryMs: 50, atRiskEveryMs: 50, feedEveryMs: 10 };

describe.skipIf(chromiumPath === null)('the live page', () => {
  let webFolder = '';
  let browser: Browser;
  let one: Running;
  let page: Page;
  let complaints: string[] = [];
  let decided: Decision[] = [];

  beforeAll(async () => {
    webFolder = await mkdtemp(join(tmpdir(), 'stockpulse-web-'));
    await build({ configFile, logLevel: 'warn', build: { outDir: webFolder, emptyOutDir: true } });
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(webFolder, { recursive: true, force: true });
  });

  afterEach(async () => {
    await page.close();
    await one.server.close();
  });

  async function open(viewport: typeof desktop, hash = '', token: string | null = null) {
    decided = [];
    const decide = async (decision: Decision): Promise<DecisionAnswer> => {
      decided.push(decision);
      // Only the first is open still when it is decided on.
      return decided.length === 1 ? { taken: true, eventId: 'e' } : { taken: false };
    };
    one = await startSample({ webFolder, hub: quick, token, decide });
    complaints = [];
    page = await browser.newPage({ viewport });
    page.on('console', (line) => {
      if (line.type() === 'error' || line.type() === 'warning') complaints.push(line.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    const query = token === null ? '' : `?token=${token}`;
    await page.goto(`${one.server.url}${query}${hash}`);
    await page.getByText('Live', { exact: true }).waitFor();
  }

  const figure = (label: string) => page.getByRole('group', { name: label });
  const rows = () => page.locator('.positions tbody tr');
  const skuTitle = () => page.locator('.sku h2');
  const widthOver = () =>
    page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');

  test.each([
    ['1440', desktop],
    ['390', phone],
  ])(
    'at %s px shows the figures, rows and feed, without side scroll or complaint',
    async (_, size) => {
      await open(size);
      await figure('Fill rate').getByText('96.').waitFor();
      expect(await figure('Forecast coverage').textContent()).toContain('78.6 %');
      expect(await figure('Events').textContent()).toContain('in all');
      await page.locator('.provenance').getByText('simulated').waitFor();
      expect(await rows().count()).toBe(40);
      expect(await page.locator('.feed-item').count()).toBeGreaterThan(10);
      expect(await widthOver()).toBe(0);
      expect(complaints).toEqual([]);
    },
  );

  test('a click on a row opens its SKU, and the address leads to it again', async () => {
    await open(desktop);
    const row = rows().nth(3);
    const name = (await row.locator('.item-name').textContent()) ?? '';
    await row.locator('td').first().click();
    await page.waitForURL(/#\/sku\//);
    await skuTitle().getByText(name, { exact: true }).waitFor();
    await page.reload();
    await skuTitle().getByText(name, { exact: true }).waitFor();
    expect(await page.locator('.chart-host canvas').count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  test('the keyboard alone walks the rows and opens one', async () => {
    await open(desktop);
    await rows().first().locator('a').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const name = (await page.locator('tr:focus-within .item-name').textContent()) ?? '';
    expect(name).toBe(await rows().nth(2).locator('.item-name').textContent());
    await page.keyboard.press('Enter');
    await skuTitle().getByText(name, { exact: true }).waitFor();
  });

  test('on a phone the SKU takes the page, and back leads to the list', async () => {
    await open(phone, '#/sku/leicester/20700');
    await skuTitle().getByText('Enamel jug, cream').waitFor();
    await page.locator('.sku').getByText('20700 · Leicester shop (leicester)').waitFor();
    expect(await rows().count()).toBe(0);
    expect(await widthOver()).toBe(0);
    await page.getByText('All SKUs').click();
    await rows().first().waitFor();
    expect(complaints).toEqual([]);
  });

  test('an unknown SKU is said to be unknown', async () => {
    await open(desktop, '#/sku/leicester/NOPE');
    await page.getByText('No SKU “NOPE” at “leicester”').waitFor();
  });

  test('the chart has its numbers as a table, and the arrow keys read it out', async () => {
    await open(desktop, '#/sku/leicester/20700');
    await page.getByText('Numbers of the chart').click();
    const view = one.model.sku('20700', 'leicester');
    const lines = (view?.history.length ?? 0) + (view?.forecast.length ?? 0);
    const numbers = page.locator('.numbers tbody tr');
    await expect.poll(() => numbers.count(), deadline).toBe(lines);
    await page.getByText('last closed').waitFor();
    await page.locator('.chart-hosts').focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('.readout').getByText('running').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.locator('.readout').getByText('to come').waitFor();
    const next = view?.forecast[1];
    await page
      .locator('.readout')
      .getByText(`95 % ${shown(next?.lower95)}–`)
      .waitFor();
  });

  test('a SKU says who makes its forecast, or that there is none yet', async () => {
    await open(desktop, '#/sku/leicester/20700');
    const experts = page.locator('.experts');
    await experts.getByText('level and week').waitFor();
    await page.getByText('Numbers of the chart, in days of UTC').waitFor();
    expect(await experts.textContent()).toBe(
      'Forecast by prices and carts 61 % · level and week 27 % · trend plus week 8 %',
    );
    const view = one.model.sku('20700', 'leicester');
    one.model.sku = () => (view === null ? null : { ...view, experts: [] });
    await expect.poll(() => experts.textContent(), deadline).toBe('No forecast yet');
  });

  test('coverage is told for each level, and warns when one is off of late', async () => {
    await open(desktop);
    const coverage = figure('Forecast coverage');
    await coverage.getByText('aim 80 · 95: 94.8 · 99: 98.8').waitFor();
    const levels = '50 %: 50.3 (51.1). 80 %: 78.6 (80.2). 95 %: 94.8 (95.1). 99 %: 98.8 (99.1).';
    expect(await coverage.locator('.tooltip').textContent()).toContain(levels);
    expect(await coverage.locator('.warning').count()).toBe(0);
    const before = one.model.overview();
    const off = before.coverage.map((one) => ({ ...one, recent: one.level - 0.06 }));
    one.model.overview = () => ({ ...before, coverage: off });
    await coverage.locator('.warning').waitFor();
    one.model.overview = () => ({ ...before, coverage: [] });
    await coverage.getByText('aim 80 %').waitFor();
  });

  test('the tab names the critical alerts', async () => {
    await open(desktop);
    const healthy = one.model.overview();
    one.model.overview = () => ({ ...healthy, criticalAlerts: 3 });
    await expect.poll(() => page.title(), deadline).toBe('(3 critical) stockpulse');
  });

  test('figures, rows and feed follow the engine', async () => {
    await open(desktop);
    const note = figure('Events').locator('.figure-note');
    const newest = page.locator('.feed-item').first();
    const before = [await note.textContent(), await newest.textContent()];
    one.model.advance(48, 3_600_000);
    one.server.feedChanged();
    await expect.poll(() => note.textContent(), deadline).not.toBe(before[0]);
    await expect.poll(() => newest.textContent(), deadline).not.toBe(before[1]);
  });

  test('search, sorting and the feed filter do what they say', async () => {
    await open(desktop);
    await page.getByPlaceholder('Search all SKUs').fill('lantern');
    await page.getByText('2 found').waitFor();
    await page.getByPlaceholder('Search all SKUs').fill('zzz');
    await page.getByText('No SKU has “zzz” in its name or number.').waitFor();
    await page.getByPlaceholder('Search all SKUs').fill('');
    await page.getByRole('button', { name: 'Item' }).click();
    const names = await page.locator('.item-name').allTextContents();
    const sorted = [...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
    expect(names).toEqual(sorted);
    await page.getByText('Alerts', { exact: true }).click();
    const labels = await page.locator('.feed-severity').allTextContents();
    expect(labels.filter((label) => ['Signal', 'Closed'].includes(label))).toEqual([]);
  });

  test('signals that wait can be approved and rejected, and what became of it is said', async () => {
    await open(desktop);
    for (const n of [1, 2]) {
      one.model.push({ ...proposal, title: `To approve: order 90${n}`, waiting: `reorder/x/${n}` });
    }
    one.server.feedChanged();
    await page.getByText('To approve (').click();
    await page.getByRole('button', { name: /^Approve.*901/ }).click();
    await page.locator('.feed-item', { hasText: 'order 901' }).getByText('Decided').waitFor();
    expect(decided).toEqual([{ signalId: 'reorder/x/1', decision: 'approve' }]);
    await page.getByRole('button', { name: /^Reject.*902/ }).click();
    await page.getByText('No longer open').waitFor();
    expect(complaints.filter((line) => !line.includes('409'))).toEqual([]);
  });

  test('after a restart of the server the page reconnects and shows the new state', async () => {
    await open(desktop, '#/sku/leicester/20700');
    await skuTitle().waitFor();
    const { port } = one.server;
    await one.server.close();
    await page.getByText('Reconnecting').waitFor();
    one = await startSample({ webFolder, hub: quick, port });
    one.model.push({ ...one.model.feed(0, 1)[0]!, title: 'After the restart' });
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('After the restart', { exact: true }).waitFor();
    one.model.advance(24, 3_600_000);
    const view = () => one.model.sku('20700', 'leicester')?.position.onHand;
    await page
      .locator('.sku .figures dd')
      .first()
      .getByText(String(view()), { exact: true })
      .waitFor();
  });

  test('an engine without events says so instead of showing nothing', async () => {
    await open(desktop);
    await page.close();
    const healthy = one.model.overview();
    one.model.overview = () => ({ ...healthy, streamTimeMs: null, fillRate: null, wape: null });
    one.model.atRisk = () => [];
    one.model.feed = () => [];
    page = await browser.newPage({ viewport: desktop });
    await page.goto(one.server.url);
    await page.getByText('No positions yet').waitFor();
    await page.getByText('No signals or alerts yet').waitFor();
    expect(await figure('Fill rate').locator('.figure-value').textContent()).toBe('–');
  });

  test('the theme can be chosen and is remembered', async () => {
    await open(desktop);
    const theme = () => page.evaluate<string>('document.documentElement.dataset.theme');
    expect(await theme()).toBe('light');
    await page.getByRole('button', { name: 'Switch to dark colours' }).click();
    expect(await theme()).toBe('dark');
    await page.reload();
    await page.getByRole('button', { name: 'Switch to light colours' }).waitFor();
    expect(await theme()).toBe('dark');
  });

  test('with a token the page works, and the token leaves the address', async () => {
    await open(desktop, '', 'secret');
    await rows().first().waitFor();
    expect(page.url()).not.toContain('secret');
    expect(complaints).toEqual([]);
  });
});

/** A quantity of the sample, as the page writes it. */
function shown(units = Number.NaN): string {
  return String(Math.round(units * 10) / 10);
}
