/** What stands where a view failed, so that the page is never blank: a bug of ours, or a piece of the app that could not be fetched. */
import { Component, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { EmptyState } from './empty-state.tsx';

export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <main>
        <EmptyState
          title="This part of the page could not be shown"
          actions={
            <Button look="primary" onClick={() => location.reload()}>
              Reload
            </Button>
          }
        >
          Your keys and messages are where they were. If it happens again, the backend may be away.
        </EmptyState>
      </main>
    );
  }
}
