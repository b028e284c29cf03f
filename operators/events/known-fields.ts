// Which fields an event's schema knows, at any depth: what else comes is kept out and counted.

/** The part of a schema that says which fields there are. */
interface SchemaPart {
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly items?: SchemaPart;
  readonly anyOf?: readonly SchemaPart[];
}

/** Fields of an object, or of the objects of a list; null where a field holds none. */
export type KnownFields = ReadonlyMap<string, KnownFields | null>;

export function knownFieldsOf(schema: object): KnownFields {
  return fieldsOf(schema as SchemaPart) ?? new Map();
}

function fieldsOf(part: SchemaPart): KnownFields | null {
  if (part.items !== undefined) return fieldsOf(part.items);
  const fields = new Map<string, KnownFields | null>();
  for (const choice of part.anyOf ?? []) {
    for (const [name, inside] of fieldsOf(choice) ?? []) fields.set(name, inside);
  }
  for (const [name, inside] of Object.entries(part.properties ?? {})) {
    fields.set(name, fieldsOf(inside));
  }
  return fields.size > 0 ? fields : null;
}

/** How many fields of a checked event, its lines and its parts are not known. */
export function countUnknown(value: object, known: KnownFields): number {
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value as object[]) count += countUnknown(item, known);
    return count;
  }
  for (const name in value) {
    const inside = known.get(name);
    if (inside === undefined) count++;
    else if (inside !== null) count += countUnknown(value[name as never] as object, inside);
  }
  return count;
}

/** A copy of a checked event with its known fields alone. */
export function onlyKnown<T extends object>(value: T, known: KnownFields): T {
  if (Array.isArray(value)) return value.map((item) => onlyKnown(item, known)) as unknown as T;
  const copy: Record<string, unknown> = {};
  for (const [name, inside] of known) {
    if (!Object.hasOwn(value, name)) continue;
    const field = value[name as keyof T];
    copy[name] = inside === null ? field : onlyKnown(field as object, inside);
  }
  return copy as T;
}
