/** Menus and pop-overs go into a landmark of their own, so that nothing on the page lies outside of one. */
const ID = 'pop-ups';

export const popupContainerProps = { id: ID, 'aria-label': 'Menus' } as const;

export function popupContainer(): HTMLElement | null {
  return document.getElementById(ID);
}
