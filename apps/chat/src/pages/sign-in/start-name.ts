/** The name with which a tab begins: of `?as=`, or the one that it had before it was reloaded. */
const TAB_KEY = 'sotto-chat-signed-in-as';

/** Undefined where the user is to be asked. The address loses its `?as=`, so that signing out is not undone by a reload. */
export function readStartName(): string | undefined {
  const address = new URL(location.href);
  const given = address.searchParams.get('as')?.trim();
  if (given) {
    address.searchParams.delete('as');
    history.replaceState(null, '', address);
    return given;
  }
  try {
    return sessionStorage.getItem(TAB_KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

export function rememberTabName(name: string | undefined): void {
  try {
    if (name === undefined) sessionStorage.removeItem(TAB_KEY);
    else sessionStorage.setItem(TAB_KEY, name);
  } catch {
    // A forbidden storage costs a name that has to be typed after a reload.
  }
}
