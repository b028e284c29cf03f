// Claims about reading recorded events from files.
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NdjsonSource, type NdjsonSourceOptions } from '../../../connectors/files/ndjson-source.js';
import type { Delivery } from '../../../connectors/source.js';
import { sourceContract } from '../../contracts/source.contract.js';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ndjson-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, content);
  return path;
}

async function readAll(options: NdjsonSourceOptions, max = 100): Promise<Read> {
  const source = new NdjsonSource(options);
  await source.open(null);
  const deliveries: Delivery[] = [];
  for (let batch = await source.nextBatch(max); batch !== null; ) {
    deliveries.push(...batch);
    batch = await source.nextBatch(max);
  }
  await source.close();
  return { source, deliveries, lines: deliveries.map((one) => Buffer.from(one.data).toString()) };
}

interface Read {
  source: NdjsonSource;
  deliveries: Delivery[];
  lines: string[];
}

for (const chunkBytes of [50, 1024 ** 2]) {
  for (const packed of [false, true]) {
    const kind = `NdjsonSource (${packed ? 'gzip' : 'plain'}, chunks of ${chunkBytes})`;
    sourceContract(kind, async (payloads) => {
      const text = `${payloads.join('\n')}\n`;
      const content = packed ? gzipSync(text) : text;
      const path = await fileOf(`contract-${packed}-${chunkBytes}`, content);
      return {
        isLive: false,
        source: () => new NdjsonSource({ files: [path], chunkBytes }),
        dispose: () => Promise.resolve(),
      };
    });
  }
}

describe('NdjsonSource', () => {
  it('gives the same lines as a plain split, whatever the bytes, chunks, packing and batches', async () => {
    const piece = fc.constantFrom('a', '{"x":1}', '\n', '\r\n', ' ', '\t', 'é', '\n\n', '\r');
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        async (pieces, chunkBytes, max, isPacked) => {
          const text = pieces.join('');
          const files = [await fileOf('any', isPacked ? gzipSync(text) : text)];
          const expected = text.split('\n').map((line) => line.replace(/\r$/, ''));
          const { lines, deliveries, source } = await readAll({ files, chunkBytes }, max);
          expect(lines).toEqual(expected.filter((line) => /[^\s]/.test(line)));
          expect(deliveries.map((one) => one.position)).toEqual(lines.map((_, i) => i + 1));
          expect(source.problems).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('counts positions over all files and names the file as subject', async () => {
    const a = await fileOf('a', '1\n\n2');
    const b = await fileOf('b', gzipSync('3\n'));
    const { lines, deliveries, source } = await readAll({ files: [a, b, a] });
    expect(lines).toEqual(['1', '2', '3', '1', '2']);
    expect(deliveries.map((one) => one.position)).toEqual([1, 2, 3, 4, 5]);
    expect(deliveries.map((one) => one.subject)).toEqual([a, a, b, a, a]);
    expect(deliveries.every((one) => one.storedAtMs === null)).toBe(true);
    expect(source.bytesRead).toBe(source.bytesTotal);
  });

  it('reads standard input, plain or gzip, as it comes', async () => {
    for (const content of [Buffer.from('1\n2\n'), gzipSync('1\n2\n')]) {
      const stdin = new PassThrough();
      const source = new NdjsonSource({ files: ['-'], stdin });
      await source.open(null);
      const waiting = source.nextBatch(10);
      for (const byte of content) stdin.write(Buffer.of(byte));
      stdin.end();
      const got = [...((await waiting) ?? []), ...((await source.nextBatch(10)) ?? [])];
      expect(got.length).toBe(2);
      expect(await source.nextBatch(10)).toBeNull();
      expect(source.bytesTotal).toBeNull();
    }
  });

  it('ends a wait for silent standard input on close', async () => {
    const stdin = new PassThrough();
    const source = new NdjsonSource({ files: ['-'], stdin });
    await source.open(null);
    const waiting = source.nextBatch(10);
    await source.close();
    expect(await waiting).toBeNull();
    expect(stdin.destroyed).toBe(true);
  });

  it('lists a line that is too long, gives it a position and no bytes, and goes on', async () => {
    const long = 'x'.repeat(11);
    const text = `1\n${long}\n${'y'.repeat(10)}\r\n\n${long}${long}${long}\n2\n${long}`;
    const files = [await fileOf('long', text)];
    for (const chunkBytes of [1, 4, 100]) {
      const { lines, source } = await readAll({ files, chunkBytes, maxLineBytes: 10 });
      expect(lines).toEqual(['1', '', 'y'.repeat(10), '', '2', '']);
      const reason = 'longer than 10 bytes: not read';
      const file = files[0];
      expect(source.problems).toEqual([2, 5, 7].map((line) => ({ file, line, reason })));
    }
  });

  it('delivers every whole line of a gzip file torn at any byte, and says so', async () => {
    const text = Array.from({ length: 60 }, (_, i) => `{"n":${i},"r":${i * 7919}}\n`).join('');
    const packed = gzipSync(text);
    for (let length = 2; length < packed.byteLength; length++) {
      const torn = packed.subarray(0, length);
      const { lines, source } = await readAll({ files: [await fileOf('torn', torn)] });
      const options = { finishFlush: constants.Z_SYNC_FLUSH };
      const there = length < 18 ? '' : gunzipSync(torn, options).toString();
      expect(lines).toEqual(there.split('\n').slice(0, -1));
      expect(source.problems.length).toBe(1);
      expect(source.problems[0]?.line).toBe(lines.length + 1);
      expect(source.problems[0]?.reason).toMatch(
        /cannot be read from this line on: unexpected end/,
      );
    }
  });

  it('stops at bytes that are no gzip any more, and at a damaged checksum', async () => {
    const text = Array.from({ length: 50_000 }, (_, i) => `${i * 7919}\n`).join('');
    const packed = gzipSync(text);
    packed.fill(0xff, packed.byteLength - 20_000, packed.byteLength - 10_000);
    const next = await fileOf('next', 'never read\n');
    const damaged = await readAll({ files: [await fileOf('damaged', packed), next] }, 4096);
    expect(damaged.lines.length).toBeGreaterThan(1_000);
    expect(text.startsWith(damaged.lines.map((line) => `${line}\n`).join(''))).toBe(true);
    expect(damaged.source.problems.length).toBe(1);
    const checksum = gzipSync('1\n2\n');
    checksum[checksum.byteLength - 8] = (checksum.at(-8) ?? 0) ^ 1;
    const wrong = await readAll({ files: [await fileOf('wrong', checksum)] });
    expect(wrong.source.problems[0]?.reason).toMatch(/incorrect data check/);
  });

  it('reads several gzip members in one file as one', async () => {
    const path = await fileOf('members', gzipSync('1\n2'));
    await appendFile(path, gzipSync('3\n4\n'));
    expect((await readAll({ files: [path] })).lines).toEqual(['1', '23', '4']);
  });

  it('names a file that cannot be read, after what came before it', async () => {
    const first = await fileOf('first', '1\n');
    const absent = join(dir, 'absent');
    const { lines, source } = await readAll({ files: [first, absent, first] });
    expect(lines).toEqual(['1']);
    expect(source.problems).toEqual([
      { file: absent, line: 1, reason: expect.stringMatching(/ENOENT/) },
    ]);
    const folder = await readAll({ files: [dir] });
    expect(folder.source.problems[0]?.reason).toMatch(/EISDIR/);
  });
});
