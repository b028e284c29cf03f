// Approve and reject: the buttons of a signal that waits for a person.
import { useSignal } from '@preact/signals';
import type { Decision, ErrorBody } from '../protocol.js';

type State = { readonly kind: 'open' | 'sending' | 'sent' } | { kind: 'failed'; why: string };

export function Decide({ signalId, what }: { readonly signalId: string; readonly what: string }) {
  const state = useSignal<State>({ kind: 'open' });
  const decide = async (decision: Decision['decision']): Promise<void> => {
    state.value = { kind: 'sending' };
    const why = await send({ signalId, decision });
    state.value = why === null ? { kind: 'sent' } : { kind: 'failed', why };
  };
  if (state.value.kind === 'sent') return <span class="decide muted">Decided</span>;
  const isBusy = state.value.kind === 'sending';
  return (
    <span class="decide">
      <button type="button" disabled={isBusy} onClick={() => void decide('approve')}>
        Approve<span class="visually-hidden">: {what}</span>
      </button>
      <button type="button" disabled={isBusy} onClick={() => void decide('reject')}>
        Reject<span class="visually-hidden">: {what}</span>
      </button>
      {state.value.kind === 'failed' ? <span role="alert">{state.value.why}</span> : null}
    </span>
  );
}

/** Null: the log has it. Otherwise why not, in words. */
async function send(decision: Decision): Promise<string | null> {
  try {
    const answer = await fetch('/api/signals/decisions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(decision),
    });
    if (answer.ok) return null;
    if (answer.status === 409) return 'No longer open';
    return ((await answer.json()) as ErrorBody).message;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
