// Claims about the simulated disk: what it keeps, what it may lose, and that it is no kinder than real ones.
import { describe, expect, it } from 'vitest';
import type { Disk } from '../../connectors/files/disk.js';
import { Dice } from './dice.js';
import { SimulatedDisk } from './disk.js';
import { diskOf } from './disk-calls.js';
import { Faults } from './faults.js';
import { Process, type World } from './process.js';
import { Scheduler } from './scheduler.js';

const HELLO = Buffer.from('hello');

/** What is in the file after `write` and a loss of power, for each of many seeds. */
async function afterPowerLoss(write: (disk: Disk) => Promise<void>): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  for (let seed = 1; seed <= 60; seed++) found.push(await once(seed, write));
  return found;
}

async function once(seed: number, write: (disk: Disk) => Promise<void>): Promise<string | null> {
  const scheduler = new Scheduler(0);
  const faults = new Faults(new Dice(seed), []);
  const world: World = { scheduler, faults, trace: () => undefined };
  const made = new SimulatedDisk(world);
  made.make('/d');
  const run = async <T>(work: (disk: Disk) => Promise<T>): Promise<T> => {
    let result: { readonly value: T } | null = null;
    const process = new Process(world, 1, () => undefined);
    void work(diskOf(made, world, process)).then((value) => {
      result = { value };
    });
    await scheduler.run(() => result !== null, Number.POSITIVE_INFINITY);
    return (result as unknown as { readonly value: T }).value;
  };
  await run(write);
  made.losePower();
  return await run(async (disk) => {
    if (!(await disk.readdir('/d')).includes('f')) return null;
    const file = await disk.open('/d/f', 'r');
    const { size } = await file.stat();
    const bytes = Buffer.alloc(size);
    await file.read(bytes, 0, size, 0);
    return bytes.toString();
  });
}

async function writeHello(disk: Disk, name: string, syncs: boolean): Promise<void> {
  const file = await disk.open(name, 'w');
  await file.write(HELLO, 0, HELLO.length, 0);
  if (syncs) await file.sync();
}

async function syncFolder(disk: Disk): Promise<void> {
  await (await disk.open('/d', 'r')).sync();
}

describe('after a loss of power', () => {
  it('a file that was synced, in a folder that was synced, is whole', async () => {
    const found = await afterPowerLoss(async (disk) => {
      await writeHello(disk, '/d/f', true);
      await syncFolder(disk);
    });
    expect(new Set(found)).toEqual(new Set(['hello']));
  });

  it('a file that was not synced is whole, torn or empty', async () => {
    const found = await afterPowerLoss(async (disk) => {
      await writeHello(disk, '/d/f', false);
      await syncFolder(disk);
    });
    expect(found).toContain('hello');
    expect(found).toContain('');
    expect(found.some((text) => text !== '' && text !== 'hello' && text !== null)).toBe(true);
  });

  it('a new file is there or not when its folder was not synced', async () => {
    const found = await afterPowerLoss((disk) => writeHello(disk, '/d/f', true));
    expect(new Set(found)).toEqual(new Set(['hello', null]));
  });

  it('a file is the old one or the new one when the rename was not synced', async () => {
    const found = await afterPowerLoss(async (disk) => {
      await writeHello(disk, '/d/f', true);
      await syncFolder(disk);
      const file = await disk.open('/d/t', 'w');
      await file.write(Buffer.from('anew!'), 0, 5, 0);
      await file.sync();
      await disk.rename('/d/t', '/d/f');
    });
    expect(new Set(found)).toEqual(new Set(['hello', 'anew!']));
  });
});
