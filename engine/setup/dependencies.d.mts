// Types of dependencies.mjs.

interface Step {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

export function ensureDependencies(step: Step): Promise<boolean>;
export function whyStale(root: string): Promise<string | null>;
export function tryNativeTensorFlow(step: Step): Promise<void>;
