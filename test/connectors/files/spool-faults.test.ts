// Claims about the spool on a disk that fails, or takes less than it was given.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Disk, type DiskFile, REAL_DISK } from '../../../connectors/files/disk.js';
import { Spool } from '../../../connectors/files/spool.js';

let dir = '';
/** Operations that fail next, by name; `write-short` takes one byte less. */
let faults: string[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'spool-faults-'));
  faults = [];
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

function strikes(name: string): boolean {
  const at = faults.indexOf(name);
  if (at >= 0) faults.splice(at, 1);
  return at >= 0;
}

const disk: Disk = {
  ...REAL_DISK,
  open: async (path, flags) => {
    if (path === dir && strikes('open folder')) throw new Error('EIO');
    return failing(await REAL_DISK.open(path, flags));
  },
  rm: (path, options) => {
    return strikes('rm') ? Promise.reject(new Error('EIO')) : REAL_DISK.rm(path, options);
  },
};

function failing(file: DiskFile): DiskFile {
  return {
    read: (...args) => file.read(...args),
    write: (bytes, offset, length, position) => {
      if (strikes('write')) return Promise.reject(new Error('ENOSPC'));
      const taken = strikes('write-short') ? length - 1 : length;
      return file.write(bytes, offset, taken, position);
    },
    truncate: (length) => file.truncate(length),
    stat: () => file.stat(),
    sync: () => file.sync(),
    datasync: () => (strikes('datasync') ? Promise.reject(new Error('EIO')) : file.datasync()),
    close: () => file.close(),
  };
}

const open = (): Promise<Spool> => Spool.open(dir, { disk });
const append = (spool: Spool, value: string): Promise<void> => spool.append(Buffer.from(value));

async function drain(spool: Spool): Promise<string[]> {
  const out: string[] = [];
  for (;;) {
    const next = await spool.peek();
    if (next === null) return out;
    out.push(Buffer.from(next).toString());
    await spool.shift();
  }
}

describe('on a disk that misbehaves the spool', () => {
  it('keeps a record of which the disk took a part at first, also across a restart', async () => {
    const spool = await open();
    faults = ['write-short'];
    await append(spool, 'first');
    await append(spool, 'second');
    await spool.close();
    const again = await open();
    expect(again.problems).toEqual([]);
    expect(await drain(again)).toEqual(['first', 'second']);
    await again.close();
  });

  it.each(['write', 'datasync'])('goes on when the very first append fails (%s)', async (fault) => {
    const spool = await open();
    faults = [fault];
    await expect(append(spool, 'first')).rejects.toThrow('cannot append');
    await append(spool, 'first');
    await append(spool, 'second');
    expect(await drain(spool)).toEqual(['first', 'second']);
    await spool.close();
  });

  it('goes on when two appends in a row fail behind a record that waits', async () => {
    const spool = await open();
    await append(spool, 'first');
    faults = ['write', 'write'];
    await expect(append(spool, 'second')).rejects.toThrow('cannot append');
    await expect(append(spool, 'second')).rejects.toThrow('cannot append');
    await append(spool, 'second');
    expect(await drain(spool)).toEqual(['first', 'second']);
    await spool.close();
  });

  it('goes on when the folder cannot be synced for a new segment', async () => {
    const spool = await open();
    await append(spool, 'first');
    faults = ['write', 'open folder'];
    await expect(append(spool, 'second')).rejects.toThrow('cannot append');
    await expect(append(spool, 'second')).rejects.toThrow('EIO');
    await append(spool, 'second');
    expect(await drain(spool)).toEqual(['first', 'second']);
    await spool.close();
    const again = await open();
    expect(await drain(again)).toEqual([]);
    await again.close();
  });

  it.each(['write', 'rm'])(
    'goes on when a shift fails (%s), handing a record out again at most',
    async (fault) => {
      const spool = await open();
      await append(spool, 'first');
      faults = ['write'];
      await expect(append(spool, 'second')).rejects.toThrow('cannot append');
      await append(spool, 'second');
      faults = [fault];
      await expect(spool.shift()).rejects.toThrow();
      const left = await drain(spool);
      expect(left).toEqual(fault === 'write' ? ['first', 'second'] : ['second']);
      await spool.close();
    },
  );
});
