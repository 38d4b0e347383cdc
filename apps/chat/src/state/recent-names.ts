/** Names that signed in on this device, newest first, for the sign-in page. A browser that keeps nothing has none. */

const STORAGE_KEY = 'sotto-chat-recent-names';
const KEPT = 5;

type NameStorage = Pick<Storage, 'getItem' | 'setItem'>;

export function readRecentNames(storage: NameStorage | undefined): readonly string[] {
  try {
    const names: unknown = JSON.parse(storage?.getItem(STORAGE_KEY) ?? '[]');
    return Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string').slice(0, KEPT) : [];
  } catch {
    return [];
  }
}

export function rememberName(storage: NameStorage | undefined, name: string): void {
  const names = [name, ...readRecentNames(storage).filter((other) => other !== name)].slice(0, KEPT);
  try {
    storage?.setItem(STORAGE_KEY, JSON.stringify(names));
  } catch {
    // A full or forbidden storage costs the list of names, and nothing else.
  }
}
