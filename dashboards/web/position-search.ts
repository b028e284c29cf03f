// Asks the server for SKUs by text: after a pause in typing, then again while the text stands.
import { useEffect, useState } from 'preact/hooks';
import type { ErrorBody, PositionRow } from '../protocol.js';

export type Search =
  | { readonly kind: 'off'; readonly rows: null }
  | { readonly kind: 'on'; readonly rows: readonly PositionRow[] | null }
  | { readonly kind: 'failed'; readonly rows: null; readonly reason: string };

const pauseMs = 200;
const againMs = 2000;

export function useSearch(text: string): Search {
  const wanted = text.trim();
  const [search, setSearch] = useState<Search>({ kind: 'off', rows: null });
  useEffect(() => {
    if (wanted === '') {
      setSearch({ kind: 'off', rows: null });
      return;
    }
    setSearch((before) => (before.kind === 'on' ? before : { kind: 'on', rows: null }));
    const abort = new AbortController();
    let timer = window.setTimeout(ask, pauseMs);
    async function ask(): Promise<void> {
      const found = await fetchPositions(wanted, abort.signal);
      if (abort.signal.aborted) return;
      setSearch(found);
      timer = window.setTimeout(ask, againMs);
    }
    return () => {
      abort.abort();
      window.clearTimeout(timer);
    };
  }, [wanted]);
  return search;
}

async function fetchPositions(text: string, signal: AbortSignal): Promise<Search> {
  try {
    const answer = await fetch(`/api/positions/search?q=${encodeURIComponent(text)}`, { signal });
    if (answer.ok) return { kind: 'on', rows: (await answer.json()) as readonly PositionRow[] };
    const body = (await answer.json()) as ErrorBody;
    return { kind: 'failed', rows: null, reason: body.message };
  } catch {
    // Either a newer search has taken over (the caller looks), or the server is away.
    return { kind: 'failed', rows: null, reason: 'the server does not answer' };
  }
}
