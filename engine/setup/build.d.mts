// Types of build.mjs.

export function isBuilt(root: string): Promise<boolean>;

export function ensureBuilt(step: {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}): Promise<boolean>;
