import { t } from 'i18next';
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { AlertIcon } from '@/components/icon.tsx';

interface ErrorBoundaryProps {
  children: ReactNode;
}

interface ErrorBoundaryState {
  error: Error | null;
}

/** A page that broke leaves the frame standing: badges, messages and the way out keep working. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: null };

  static getDerivedStateFromError(error: Error): ErrorBoundaryState {
    return { error };
  }

  override componentDidCatch(error: Error, { componentStack }: ErrorInfo): void {
    reportError(new Error(`A page broke: ${error.message}${componentStack ?? ''}`, { cause: error }));
  }

  override render(): ReactNode {
    if (!this.state.error) return this.props.children;
    return (
      <div className="columns">
        <div className="sheet cut" data-hue="danger" role="alert">
          <div className="empty">
            <AlertIcon />
            <h1>{t('broken.title')}</h1>
            <p className="dim small">{t('broken.detail')}</p>
            <button type="button" className="button cut" onClick={() => this.setState({ error: null })}>
              {t('again')}
            </button>
          </div>
        </div>
      </div>
    );
  }
}
