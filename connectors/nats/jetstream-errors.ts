// What JetStream's errors mean to us, and how they read.
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';

export function isStreamNotFound(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
}

export function errorText(error: unknown): string {
  if (error instanceof JetStreamApiError) return `${error.message} (code ${error.code})`;
  return error instanceof Error ? error.message : String(error);
}
