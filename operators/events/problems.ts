// What can be wrong with an event, in words that say where and what was found instead.
import type { Validator } from 'typebox/compile';
import { isModel, modelOfText } from '../forecast/neural/model.js';
import type { InventoryEvent } from './event.js';
import type { RefusalReason } from './result.js';

/** An event that cannot be taken, and why. */
export interface Problem {
  readonly refused: RefusalReason;
  readonly detail: string;
}

export const NOT_AN_OBJECT: Problem = {
  refused: 'not-an-object',
  detail: 'an event must be a JSON object',
};

export function whyMalformed(text: string): string {
  if (text.trim() === '') return 'the message is empty';
  try {
    JSON.parse(text);
    return 'not JSON';
  } catch (error) {
    return `not JSON: ${(error as Error).message.slice(0, 200)}`;
  }
}

/** The first thing that the schema holds against an event, in plain words. */
export function schemaProblem(check: Validator, event: Record<string, unknown>): Problem {
  const errors = [...check.Errors(event)];
  // Of a choice, each way says what it lacks, and all but one need not be there.
  const choices = new Set(errors.filter((e) => e.keyword === 'anyOf').map((e) => e.instancePath));
  const lacking = errors.find((e) => e.keyword === 'required' && !choices.has(e.instancePath));
  if (lacking !== undefined) {
    const missing = (lacking.params as { requiredProperties?: readonly string[] })
      .requiredProperties;
    const path = [...pathOf(lacking.instancePath), missing?.[0] ?? '?'].join('/');
    return { refused: 'missing-field', detail: `${path} is missing` };
  }
  const error =
    errors.find((e) => e.keyword !== 'anyOf' && e.keyword !== 'required') ??
    errors.find((e) => e.keyword !== 'anyOf') ??
    errors[0];
  const path = pathOf(error?.instancePath ?? '');
  const value = path.reduce<unknown>((v, key) => (v as Record<string, unknown>)?.[key], event);
  const field = path.at(-1);
  if (field === 'time' || field === 'expectedAt') return wrongTime(path.join('/'), value);
  const isQuantity = field === 'quantity' && typeof value === 'number';
  const detail = `${path.join('/')} ${error?.message ?? 'does not fit'}, got ${show(value)}`;
  return { refused: isQuantity ? 'wrong-quantity' : 'wrong-field', detail };
}

function pathOf(instancePath: string): string[] {
  return instancePath.split('/').slice(1);
}

/** What a schema cannot say. */
export function meaningProblem(event: InventoryEvent): Problem | null {
  if (event.type === 'stock.transferred' && event.from === event.to) {
    return { refused: 'wrong-field', detail: 'to must differ from from' };
  }
  if (event.type === 'control.model') {
    const model = modelOfText(event.weights);
    if (isModel(model)) return null;
    return { refused: 'wrong-field', detail: `weights must be a model: ${model.refused}` };
  }
  if (event.type === 'catalog.item') {
    const { reorderPoint, orderUpToLevel } = event.policy;
    if (reorderPoint === undefined || orderUpToLevel === undefined) return null;
    if (orderUpToLevel > reorderPoint) return null;
    const detail = `policy/orderUpToLevel must be above reorderPoint ${reorderPoint}`;
    return { refused: 'wrong-field', detail: `${detail}, got ${orderUpToLevel}` };
  }
  return null;
}

function wrongTime(field: string, value: unknown): Problem {
  const detail = `${field} must be RFC 3339 with an offset or integer ms, got ${show(value)}`;
  return { refused: 'wrong-field', detail };
}

export function show(value: unknown): string {
  if (typeof value === 'number') return String(value);
  try {
    return (JSON.stringify(value) ?? 'nothing').slice(0, 80);
  } catch (error) {
    // Text may nest deeper than the stack that writes it.
    if (error instanceof RangeError) return 'something nested too deeply to show';
    throw error;
  }
}
