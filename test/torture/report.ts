// What a torture run says at its end: the differences, cut to some, and one line of the sum.
import type { Verdict } from './compare.js';

const SHOWN = 20;
const LINE_MAX = 600;

export function differencesText({ lost, doubled, wrong }: Verdict): string[] {
  return [...cut('lost', lost), ...cut('doubled', doubled), ...cut('wrong', wrong)];
}

function cut(kind: string, texts: readonly string[]): string[] {
  const shown = texts.slice(0, SHOWN).map((text) => `${kind}: ${text.slice(0, LINE_MAX)}`);
  return texts.length > SHOWN ? [...shown, `${kind}: and ${texts.length - SHOWN} more`] : shown;
}

/** `wrong` is told only when there is something: then the run has failed too. */
export function summary(kills: number, verdict: Verdict): string {
  const { events, signals, alerts, lost, doubled, wrong } = verdict;
  const number = (count: number): string => count.toLocaleString('en');
  return (
    `torture: ${number(kills)} kills, ${number(events)} events, ${number(signals)} signals, ` +
    `${number(alerts)} alerts, ${number(lost.length)} lost, ${number(doubled.length)} doubled` +
    (wrong.length === 0 ? '' : `, ${number(wrong.length)} wrong`)
  );
}
