/** Something is under way; the label says what. */
import styles from './spinner.module.css';

export function Spinner({ label, isLabelShown = true }: { label: string; isLabelShown?: boolean }) {
  return (
    <p className={styles['row']} role="status">
      <span className={styles['spinner']} aria-hidden="true" />
      <span className={isLabelShown ? undefined : 'visually-hidden'}>{label}</span>
    </p>
  );
}
