// Every setting by its path, read off the schema once: what the walkers and the docs go by.
import { settingsSchema } from './schema.js';
import type { SettingSchema } from './setting.js';

/** One setting. Under `locations` and `suppliers` the id is `<id>`, in the path and in the variable. */
export interface Setting {
  readonly kind: 'setting';
  readonly path: string;
  readonly keys: readonly string[];
  readonly variable: string;
  readonly schema: SettingSchema;
}

/** A group of settings. `byId`: its keys are ids of the user's, each holding `members`. */
export interface Section {
  readonly kind: 'section';
  readonly path: string;
  readonly description: string;
  readonly byId: boolean;
  readonly members: ReadonlyMap<string, Setting | Section>;
}

interface Shape {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
}

/** All settings as a tree. */
export const settingTree: Section = section(settingsSchema as Shape, []);

/** All settings, in the schema's order. */
export const settingList: readonly Setting[] = flatten(settingTree);

/** `time.allowedLateness` is STOCKPULSE_TIME_ALLOWED_LATENESS. */
export function variableOf(keys: readonly string[]): string {
  const parts = keys.map((key) =>
    key
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replace(/[^A-Za-z0-9]+/g, '_')
      .toUpperCase(),
  );
  return `STOCKPULSE_${parts.join('_')}`;
}

function section(shape: Shape, keys: readonly string[]): Section {
  const record = Object.values(shape.patternProperties ?? {})[0];
  const inner = record === undefined ? keys : [...keys, '<id>'];
  const members = new Map<string, Setting | Section>();
  for (const [name, member] of Object.entries((record ?? shape).properties ?? {})) {
    const path = [...inner, name];
    const isSection = member.properties !== undefined || member.patternProperties !== undefined;
    members.set(name, isSection ? section(member, path) : setting(member, path));
  }
  const description = shape.description ?? '';
  return {
    kind: 'section',
    path: keys.join('.'),
    description,
    byId: record !== undefined,
    members,
  };
}

function setting(shape: Shape, keys: readonly string[]): Setting {
  const schema = shape as unknown as SettingSchema;
  return { kind: 'setting', path: keys.join('.'), keys, variable: variableOf(keys), schema };
}

function flatten(from: Section): Setting[] {
  return [...from.members.values()].flatMap((m) => (m.kind === 'setting' ? [m] : flatten(m)));
}
