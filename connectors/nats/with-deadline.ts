// Bytes that are waited for, and not for ever: each slice has to come in time.

/** @throws Error when nothing came for so long; what sends them hears that nobody waits any more */
export async function* withDeadline(
  data: ReadableStream<Uint8Array>,
  stallMs: number,
): AsyncGenerator<Uint8Array> {
  const reader = data.getReader();
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), stallMs);
      if (done) return;
      yield value;
    }
  } finally {
    // Of one that failed its reader has heard.
    await reader.cancel().catch(() => undefined);
  }
}

async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came for ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
