// Claims about writing lines to a file.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NdjsonFile } from '../../../connectors/files/ndjson-sink.js';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ndjson-out-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('NdjsonFile', () => {
  it('writes the same bytes whatever the buffer', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ''));
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 30 }),
        fc.integer({ min: 1, max: 64 }),
        async (lines, bufferBytes) => {
          const path = join(dir, 'out.ndjson');
          const file = new NdjsonFile(path, { bufferBytes });
          for (const one of lines) file.append(one);
          await file.close();
          expect(file.lines).toBe(lines.length);
          const expected = lines.map((one) => `${one}\n`).join('');
          expect(await readFile(path, 'utf8')).toBe(Buffer.from(expected).toString());
        },
      ),
      { numRuns: 50 },
    );
  });

  it('shows its name only when it is whole, and keeps the old file until then', async () => {
    const path = join(dir, 'out.ndjson');
    await writeFile(path, 'old\n');
    const file = new NdjsonFile(path);
    file.append('new');
    expect(await readFile(path, 'utf8')).toBe('old\n');
    await file.close();
    await file.close();
    expect(await readFile(path, 'utf8')).toBe('new\n');
    expect(await readdir(dir)).toEqual(['out.ndjson']);
  });

  it('leaves nothing behind when it is discarded', async () => {
    const file = new NdjsonFile(join(dir, 'out.ndjson'), { bufferBytes: 4 });
    for (let i = 0; i < 10; i++) file.append('line');
    file.discard();
    file.discard();
    expect(await readdir(dir)).toEqual([]);
  });

  it('refuses a line with a line break, a closed file, and a folder that is not there', async () => {
    const file = new NdjsonFile(join(dir, 'out.ndjson'), { bufferBytes: 1 });
    expect(() => file.append('a\nb')).toThrow(RangeError);
    await file.close();
    expect(() => file.append('late')).toThrow(/is closed/);
    expect(() => new NdjsonFile(join(dir, 'no', 'out'))).toThrow(/cannot create .*out\.partial/);
  });
});
