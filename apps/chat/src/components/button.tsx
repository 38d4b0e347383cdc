/** Buttons: with words, or with an icon that a tooltip names. */
import { Tooltip } from '@base-ui/react/tooltip';
import type { ComponentProps, ReactNode } from 'react';
import styles from './button.module.css';
import { classNames } from './class-names.ts';
import { popupContainer } from './popup-container.ts';

type Look = 'primary' | 'plain' | 'quiet' | 'danger';

export interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: Look;
  readonly size?: 's' | 'm';
}

export function Button({ look = 'plain', size = 'm', className, ...props }: ButtonProps) {
  return (
    <button type="button" className={classNames(styles['button'], styles[look], styles[size], className)} {...props} />
  );
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label'> {
  /** What it does: read out, and shown as a tooltip. */
  readonly label: string;
  readonly icon: ReactNode;
  readonly size?: 's' | 'm';
  readonly isOn?: boolean;
}

export function IconButton({ label, icon, size = 'm', isOn, className, ...props }: IconButtonProps) {
  return (
    // Escape closes what the button stands in, at once, rather than the tooltip that came with the focus.
    <Tooltip.Root onOpenChange={(_, details) => details.reason === 'escape-key' && details.allowPropagation()}>
      <Tooltip.Trigger
        render={
          <button
            type="button"
            aria-label={label}
            aria-pressed={isOn}
            className={classNames(styles['icon'], styles[size], isOn && styles['on'], className)}
            {...props}
          />
        }
      >
        {icon}
      </Tooltip.Trigger>
      <Tooltip.Portal container={popupContainer()}>
        <Tooltip.Positioner sideOffset={6}>
          <Tooltip.Popup className={styles['tooltip']}>{label}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
