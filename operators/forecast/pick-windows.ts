// Windows of many cuts, put together to some of them.
import { emptyWindows, MARKS_WIDTH, STRIP_LENGTH, type Windows } from './strip.js';

/** At most `most` of all windows, each as likely; `random` gives numbers in [0, 1). */
export function pickWindows(all: readonly Windows[], most: number, random: () => number): Windows {
  const picks = all.flatMap((windows, n) =>
    Array.from({ length: windows.count }, (_, w) => [n, w] as const),
  );
  const count = Math.min(most, picks.length);
  const picked = emptyWindows(count);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (picks.length - i));
    const [n, w] = picks[j] as readonly [number, number];
    picks[j] = picks[i] as readonly [number, number];
    copyWindow(all[n] as Windows, w, picked, i);
  }
  return picked;
}

function copyWindow(from: Windows, w: number, to: Windows, i: number): void {
  const width = STRIP_LENGTH * MARKS_WIDTH;
  to.units.set(from.units.subarray(w * STRIP_LENGTH, (w + 1) * STRIP_LENGTH), i * STRIP_LENGTH);
  to.marks.set(from.marks.subarray(w * width, (w + 1) * width), i * width);
  to.lengths[i] = from.lengths[w] as number;
  to.scalesBefore[i] = from.scalesBefore[w] as number;
  to.countsBefore[i] = from.countsBefore[w] as number;
}
