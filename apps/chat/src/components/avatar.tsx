/** A person as a letter on a colour of their own. The colour is decoration: names are always written beside it, or read out. */
import styles from './avatar.module.css';
import { classNames } from './class-names.ts';

const COLOURS = 8;

export interface AvatarProps {
  readonly name: string | null;
  readonly size?: 's' | 'm' | 'l';
  /** A room: square. */
  readonly isRoom?: boolean;
}

export function Avatar({ name, size = 'm', isRoom = false }: AvatarProps) {
  const letter = Array.from(name ?? '?')[0]?.toUpperCase();
  return (
    <span
      aria-hidden="true"
      className={classNames(
        styles['avatar'],
        styles[size],
        styles[`c${colourOf(name ?? '')}`],
        isRoom && styles['room'],
      )}
    >
      {letter}
    </span>
  );
}

function colourOf(name: string): number {
  let sum = 7;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % COLOURS;
}
