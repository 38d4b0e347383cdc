/** Short notices in a corner. They say what has happened; whatever is to be decided stands in the page itself. */
import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { explainProblem } from '../features/problems/explain-problem.ts';
import { classNames } from './class-names.ts';
import { IconButton } from './button.tsx';
import styles from './toaster.module.css';

const manager = Toast.createToastManager();

export function notify(title: string, { text, isProblem = false }: { text?: string; isProblem?: boolean } = {}): void {
  manager.add({
    title,
    description: text,
    type: isProblem ? 'problem' : 'note',
    timeout: isProblem ? 9000 : 5000,
  });
}

export function notifyProblem(error: unknown): void {
  const { title, text } = explainProblem(error);
  notify(title, { text, isProblem: true });
}

export function Toaster({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider toastManager={manager} limit={4}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className={styles['viewport']}>
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Toasts() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className={classNames(styles['toast'], toast.type === 'problem' && styles['problem'])}
    >
      <Toast.Content className={styles['content']}>
        <div>
          <Toast.Title className={styles['title']} />
          <Toast.Description className={styles['text']} />
        </div>
        <Toast.Close render={<IconButton label="Dismiss" size="s" icon={<X size={16} aria-hidden="true" />} />} />
      </Toast.Content>
    </Toast.Root>
  ));
}
