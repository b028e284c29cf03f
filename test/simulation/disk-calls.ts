// The simulated disk as one process calls it: each call takes time, may fail, and may be its last.
import { basename, dirname } from 'node:path';
import type { Disk, DiskFile } from '../../connectors/files/disk.js';
import { Content, fault, type SimulatedDisk } from './disk.js';
import type { Process, World } from './process.js';

/** Each operation takes time, may fail, and is where a crash can fall. */
export function diskOf(disk: SimulatedDisk, world: World, process: Process): Disk {
  const act = <T>(what: string, work: () => T, fail: () => void = work): Promise<T> =>
    new Promise((done, failed) => {
      process.do(what, () => {
        const { dice } = world.faults;
        if (world.faults.strikes('disk.fails')) {
          // What failed may have been done all the same.
          if (dice.is('disk/fails-after', 0.3)) attempt(fail);
          process.answer(dice.next('disk/ms'), () => failed(fault('EIO', what)));
          return;
        }
        const slowMs = world.faults.strikes('disk.slow') ? dice.between('disk/slow', 10, 3_000) : 0;
        let result: T;
        try {
          result = work();
        } catch (error) {
          process.answer(0.1, () => failed(error));
          return;
        }
        process.answer(slowMs + dice.next('disk/ms'), () => done(result));
      });
    });
  return {
    open: (path, flags) =>
      act(`open ${path}`, () => {
        if (flags === 'r' && disk.has(path)) return folderFile(act, disk, path);
        const folder = disk.folder(dirname(path));
        const name = basename(path);
        let content = folder.cached.get(name);
        if (content === undefined && (flags === 'w' || flags === 'a+')) {
          content = new Content();
          folder.change({ name, content });
        }
        if (content === undefined) throw fault('ENOENT', path);
        if (flags === 'w') content.truncate(0);
        return new SimulatedFile(act, world, { path, content });
      }),
    mkdir: (path) => act(`mkdir ${path}`, () => disk.make(path)),
    readdir: (path) => act(`readdir ${path}`, () => [...disk.folder(path).cached.keys()]),
    rename: (from, to) =>
      act(`rename ${from} ${basename(to)}`, () => {
        const content = disk.content(from);
        const change = { name: basename(to), content };
        disk.folder(dirname(from)).change(change, { name: basename(from), content: null });
      }),
    rm: (path) =>
      act(`rm ${path}`, () => {
        if (disk.has(dirname(path)) && disk.folder(dirname(path)).cached.has(basename(path))) {
          disk.folder(dirname(path)).change({ name: basename(path), content: null });
        }
      }),
    stat: (path) => act(`stat ${path}`, () => ({ size: disk.content(path).cached.length })),
  };
}

type Act = <T>(what: string, work: () => T, fail?: () => void) => Promise<T>;

class SimulatedFile implements DiskFile {
  constructor(
    private readonly act: Act,
    private readonly world: World,
    private readonly file: { readonly path: string; readonly content: Content },
  ) {}

  read(into: Uint8Array, offset: number, length: number, position: number) {
    const { path, content } = this.file;
    return this.act(`read ${path}`, () => {
      const part = content.cached.subarray(position, position + length);
      into.set(part, offset);
      return { bytesRead: part.length };
    });
  }

  write(bytes: Uint8Array, offset: number, length: number, position: number) {
    const { path, content } = this.file;
    return this.act(`write ${path}`, () => {
      const { faults } = this.world;
      const isShort = length > 1 && faults.strikes('disk.short-write');
      const taken = isShort ? faults.dice.between('disk/short', 1, length - 1) : length;
      content.write(Buffer.from(bytes.subarray(offset, offset + taken)), position);
      return { bytesWritten: taken };
    });
  }

  truncate(length: number) {
    return this.act(`truncate ${this.file.path}`, () => this.file.content.truncate(length));
  }

  stat() {
    return this.act(`stat ${this.file.path}`, () => ({ size: this.file.content.cached.length }));
  }

  sync() {
    const { path, content } = this.file;
    const fail = (): void => content.settleUnsynced(this.world.faults.dice);
    return this.act(`sync ${path}`, () => content.sync(), fail);
  }

  datasync() {
    return this.sync();
  }

  close() {
    return this.act(`close ${this.file.path}`, () => undefined);
  }
}

function folderFile(act: Act, disk: SimulatedDisk, path: string): DiskFile {
  const no = (): Promise<never> => Promise.reject(fault('EISDIR', path));
  return {
    ...{ read: no, write: no, truncate: no, stat: no, datasync: no },
    sync: () => act(`sync ${path}`, () => disk.folder(path).sync()),
    close: () => Promise.resolve(),
  };
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // It fails anyway.
  }
}
