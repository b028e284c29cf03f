// Types of nats-release.mjs.

export interface ReleaseArchive {
  readonly file: string;
  readonly sha256: string;
}

export const NATS_VERSION: string;
export const ARCHIVES: Readonly<Record<string, ReleaseArchive>>;
export function releasePath(root: string): string;
export function installRelease(options: {
  readonly root: string;
  readonly say: (line: string) => void;
  readonly base?: string;
  readonly archive?: ReleaseArchive;
}): Promise<string>;
