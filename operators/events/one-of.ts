// A schema of one of several texts.
import Type, { type TUnsafe } from 'typebox';

/** Exactly one of `values`; the type is their union. */
export function oneOf<const T extends readonly string[]>(values: T): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>(Type.Union(values.map((value) => Type.Literal(value))));
}
