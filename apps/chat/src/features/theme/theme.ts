/** Light or dark: as the system has it, unless the user has chosen. The choice stays on this device. */
import { createStore, type ReadonlyStore } from '../../state/store.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';

const STORAGE_KEY = 'sotto-chat-theme';
const DARK = '(prefers-color-scheme: dark)';

const choice = createStore<ThemeChoice>('system');

export const themeChoice: ReadonlyStore<ThemeChoice> = choice;

/** Before the first render, so that nothing flashes. */
export function startTheme(): void {
  choice.set(readChoice());
  apply();
  matchMedia(DARK).addEventListener('change', apply);
}

export function chooseTheme(next: ThemeChoice): void {
  choice.set(next);
  try {
    localStorage.setItem(STORAGE_KEY, next);
  } catch {
    // A forbidden storage costs the choice after a reload.
  }
  apply();
}

function apply(): void {
  const wanted = choice.get();
  const isDark = wanted === 'dark' || (wanted === 'system' && matchMedia(DARK).matches);
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
}

function readChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}
