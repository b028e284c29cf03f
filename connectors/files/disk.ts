// The file operations that what must survive a power cut is written with; the real ones by default.
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';

/** An open file; the part of Node's FileHandle that is used. */
export interface DiskFile {
  /** May read less than asked for; 0 bytes at the end of the file. */
  read(
    into: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
  /** May write less than asked for. */
  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  stat(): Promise<{ readonly size: number }>;
  sync(): Promise<void>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** What was written and not synced may be lost, torn or there after a power cut. */
export interface Disk {
  open(path: string, flags: 'r' | 'r+' | 'w' | 'a+'): Promise<DiskFile>;
  mkdir(path: string, options: { readonly recursive: true }): Promise<unknown>;
  readdir(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { readonly force: true }): Promise<void>;
  stat(path: string): Promise<{ readonly size: number }>;
}

export const REAL_DISK: Disk = { open, mkdir, readdir, rename, rm, stat };
