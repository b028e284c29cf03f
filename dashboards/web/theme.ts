// Light or dark: as the system says until the person chooses, then as chosen.
import { computed, effect, signal } from '@preact/signals';

type Theme = 'light' | 'dark';
const storageKey = 'stockpulse.theme';
const darkQuery = window.matchMedia('(prefers-color-scheme: dark)');

const systemTheme = signal<Theme>(darkQuery.matches ? 'dark' : 'light');
const chosenTheme = signal<Theme | null>(readChoice());
export const theme = computed<Theme>(() => chosenTheme.value ?? systemTheme.value);

export function applyTheme(): void {
  darkQuery.addEventListener('change', (event) => {
    systemTheme.value = event.matches ? 'dark' : 'light';
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}

export function toggleTheme(): void {
  const next: Theme = theme.peek() === 'dark' ? 'light' : 'dark';
  // Choosing what the system says anyway is going back to following it.
  chosenTheme.value = next === systemTheme.peek() ? null : next;
  try {
    if (chosenTheme.value === null) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, next);
  } catch (error) {
    console.debug('the theme is not remembered: storage is closed', error);
  }
}

function readChoice(): Theme | null {
  try {
    const stored = localStorage.getItem(storageKey);
    return stored === 'light' || stored === 'dark' ? stored : null;
  } catch (error) {
    console.debug('the theme was not remembered: storage is closed', error);
    return null;
  }
}
