// What the parent and the child with the engine say to each other; secrets go this way only.

export interface ChildSettings {
  readonly chdb: string;
  readonly dir: string;
  /** 0: any free one. */
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly memoryBytes: number;
  readonly maxBodyBytes: number;
  readonly maxRunning: number;
  readonly maxWaiting: number;
}

export type ChildOrder =
  | { readonly kind: 'start'; readonly settings: ChildSettings }
  | { readonly kind: 'stop' };

export type ChildAnswer =
  | { readonly kind: 'ready'; readonly port: number; readonly version: string }
  | { readonly kind: 'failed'; readonly reason: string };
