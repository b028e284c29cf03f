// Claims about the disk spool: order, survival, limits, damage.
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Spool, SpoolFullError } from '../../../connectors/files/spool.js';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'spool-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

const text = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString();
const bytes = (value: string): Uint8Array => Buffer.from(value);

async function drain(spool: Spool): Promise<string[]> {
  const out: string[] = [];
  for (;;) {
    const next = text(await spool.peek());
    if (next === null) return out;
    out.push(next);
    await spool.shift();
  }
}

const segmentFiles = async (): Promise<string[]> =>
  (await readdir(dir)).filter((name) => name.endsWith('.spool')).sort();

describe('Spool', () => {
  it('hands records out in the order appended, the same one until it is shifted', async () => {
    const spool = await Spool.open(dir);
    await Promise.all(['a', 'b', 'c'].map((value) => spool.append(bytes(value))));
    expect(text(await spool.peek())).toBe('a');
    expect(text(await spool.peek())).toBe('a');
    expect(spool.records).toBe(3);
    expect(spool.bytes).toBe(3 * 9);
    expect(await drain(spool)).toEqual(['a', 'b', 'c']);
    expect([spool.records, spool.bytes]).toEqual([0, 0]);
    expect(await spool.peek()).toBeNull();
    await spool.shift();
    await spool.close();
    await spool.close();
  });

  it('behaves as a queue over any appends, shifts and reopenings, with small segments', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), size: fc.integer({ min: 0, max: 60 }) }),
      fc.record({ kind: fc.constant('shift' as const) }),
      fc.record({ kind: fc.constant('reopen' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await rm(dir, { recursive: true, force: true });
        const limits = { maxBytes: 10_000, segmentBytes: 64 };
        let spool = await Spool.open(dir, limits);
        const model: string[] = [];
        let serial = 0;
        for (const taken of steps) {
          if (taken.kind === 'append') {
            const value = String(serial++).padEnd(taken.size, '.');
            model.push(value);
            await spool.append(bytes(value));
          } else if (taken.kind === 'shift') {
            model.shift();
            await spool.shift();
          } else {
            await spool.close();
            spool = await Spool.open(dir, limits);
            expect(spool.problems).toEqual([]);
          }
          expect(text(await spool.peek())).toBe(model[0] ?? null);
          expect(spool.records).toBe(model.length);
          expect(spool.bytes).toBe(model.reduce((sum, value) => sum + value.length + 8, 0));
        }
        expect(await drain(spool)).toEqual(model);
        expect(await segmentFiles()).toEqual([]);
        await spool.close();
      }),
      { numRuns: 40 },
    );
  });

  it('refuses an append beyond its limit and takes appends again once records are shifted', async () => {
    const spool = await Spool.open(dir, { maxBytes: 400, segmentBytes: 100_000 });
    const record = bytes('x'.repeat(92));
    for (let i = 0; i < 4; i++) await spool.append(record);
    await expect(spool.append(bytes(''))).rejects.toThrow(SpoolFullError);
    await expect(spool.append(record)).rejects.toThrow(/is full: 400 of 400 bytes/);
    for (let i = 0; i < 50; i++) {
      await spool.shift();
      await spool.append(record);
    }
    expect(spool.records).toBe(4);
    await spool.close();
  });

  it('ignores and reports a tail torn at any byte, and keeps every record before it', async () => {
    const spool = await Spool.open(dir);
    for (const value of ['first', 'second', 'third']) await spool.append(bytes(value));
    await spool.close();
    const [name] = await segmentFiles();
    const file = join(dir, name ?? '');
    const whole = await readFile(file);
    const ends = [0, 13, 27, 40];
    for (let length = whole.byteLength - 1; length >= 0; length--) {
      await writeFile(file, whole);
      await truncate(file, length);
      const torn = await Spool.open(dir);
      const kept = ends.filter((end) => end > 0 && end <= length).length;
      expect(torn.records).toBe(kept);
      expect(torn.problems.length).toBe(ends.includes(length) ? 0 : 1);
      await torn.append(bytes('after'));
      expect(await drain(torn)).toEqual([...['first', 'second', 'third'].slice(0, kept), 'after']);
      await torn.close();
      await rm(join(dir, 'head'));
    }
  });

  it('never hands out a record with a flipped byte, nor zeros behind the end as records', async () => {
    const spool = await Spool.open(dir);
    for (const value of ['first', 'second']) await spool.append(bytes(value));
    await spool.close();
    const [name] = await segmentFiles();
    const file = join(dir, name ?? '');
    const whole = await readFile(file);
    for (let at = 0; at < whole.byteLength; at++) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 0x20;
      await writeFile(file, flipped);
      const opened = await Spool.open(dir);
      expect(opened.problems.length).toBe(1);
      expect(await drain(opened)).toEqual(at < 13 ? [] : ['first']);
      await opened.close();
      await rm(join(dir, 'head'));
    }
    await writeFile(file, Buffer.concat([whole, Buffer.alloc(4096)]));
    const zeros = await Spool.open(dir);
    expect(zeros.problems).toEqual([
      { file, offset: 27, bytes: 4096, reason: 'checksum does not match' },
    ]);
    expect(zeros.records).toBe(2);
    await zeros.close();
  });

  it('refuses use after close, and limits that are no whole numbers', async () => {
    const spool = await Spool.open(dir);
    await spool.close();
    await expect(spool.append(bytes('a'))).rejects.toThrow(/is closed/);
    await expect(Spool.open(dir, { maxBytes: 0 })).rejects.toThrow(/maxBytes must be/);
  });
});
