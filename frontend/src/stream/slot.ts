/**
 * A slot is one thing the server can be asked for and the stream keeps fresh: a key, a path, a schema. Components read
 * slots, `apply` functions change them, and nobody else needs to know where the copy lives.
 */
import type * as z from 'zod/mini';

export interface Slot<Value> {
  readonly key: readonly [family: string, ...params: (string | number)[]];
  readonly path: string;
  parse(json: unknown): Value;
}

/** All the slots that differ only by a parameter: `conversation(7)`, `conversation(9)`. */
export interface Family<Param extends string | number, Value> {
  (param: Param): Slot<Value>;
  readonly family: string;
}

export function slot<Value>(name: string, path: string, schema: z.ZodMiniType<Value>): Slot<Value> {
  return { key: [name], path, parse: (json) => schema.parse(json) };
}

export function family<Param extends string | number, Value>(
  name: string,
  path: (param: Param) => string,
  schema: z.ZodMiniType<Value>,
): Family<Param, Value> {
  const parse = (json: unknown) => schema.parse(json);
  return Object.assign((param: Param): Slot<Value> => ({ key: [name, param], path: path(param), parse }), {
    family: name,
  });
}

export function sameKey(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}
