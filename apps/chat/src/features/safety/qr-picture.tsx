/** A QR code, drawn as one path of black squares on white: also in the dark theme, since scanners want it so. */
import { create } from 'qrcode';
import { useMemo } from 'react';
import styles from './safety-dialog.module.css';

const QUIET_ZONE = 3;

export function QrPicture({ text, label }: { text: string; label: string }) {
  const { path, side } = useMemo(() => drawCode(text), [text]);
  return (
    <svg
      className={styles['qr']}
      viewBox={`0 0 ${side} ${side}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

function drawCode(text: string): { path: string; side: number } {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  let path = '';
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      if (modules.get(row, column)) path += `M${column + QUIET_ZONE} ${row + QUIET_ZONE}h1v1h-1z`;
    }
  }
  return { path, side: modules.size + 2 * QUIET_ZONE };
}
