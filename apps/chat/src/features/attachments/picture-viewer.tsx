/** A picture as large as the window allows. */
import { Dialog } from '@base-ui/react/dialog';
import { Download, X } from 'lucide-react';
import { IconButton } from '../../components/button.tsx';
import styles from './picture-viewer.module.css';

export function PictureViewer({ url, name, onClose }: { url: string; name: string; onClose: () => void }) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles['backdrop']} />
        <Dialog.Popup className={styles['popup']}>
          <div className={styles['bar']}>
            <Dialog.Title className={styles['name']}>{name}</Dialog.Title>
            <a href={url} download={name} className={styles['save']}>
              <Download size={18} aria-hidden="true" /> Save
            </a>
            <Dialog.Close render={<IconButton label="Close" icon={<X size={20} aria-hidden="true" />} />} />
          </div>
          <img src={url} alt={name} className={styles['image']} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
