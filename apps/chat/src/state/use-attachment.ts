/** A file of a message: an address once it is here, how far it has come, and what went wrong. */
import type { RoomAttachment } from '@sotto/chat';
import { useEffect, useState } from 'react';
import { useSignedIn } from './chat-context.ts';

export interface AttachmentState {
  readonly url: string | undefined;
  /** 0 to 1. */
  readonly progress: number | undefined;
  readonly error: unknown;
  readonly load: () => void;
  readonly cancel: () => void;
}

/** `key` names the file for as long as the page is open. With `isWanted` it is loaded at once. */
export function useAttachment(key: string, attachment: RoomAttachment, isWanted: boolean): AttachmentState {
  const { files } = useSignedIn();
  const [url, setUrl] = useState(() => files.peek(key));
  const [run, setRun] = useState(isWanted ? 1 : 0);
  const [progress, setProgress] = useState<number>();
  const [error, setError] = useState<unknown>();
  const [stop, setStop] = useState<AbortController>();

  useEffect(() => {
    if (run === 0 || url !== undefined) return;
    const controller = new AbortController();
    let isMounted = true;
    setStop(controller);
    setError(undefined);
    setProgress(0);
    const onProgress = (done: number, total: number): void => {
      if (isMounted) setProgress(total === 0 ? 1 : done / total);
    };
    files.open(key, attachment, { signal: controller.signal, onProgress }).then(
      (opened) => isMounted && (setUrl(opened), setProgress(undefined)),
      (problem: unknown) => {
        if (!isMounted) return;
        setProgress(undefined);
        if (!controller.signal.aborted) setError(problem);
      },
    );
    return () => {
      isMounted = false;
    };
    // `attachment` is another object after each update of its message, and the same file.
  }, [files, key, run, url]);

  return {
    url,
    progress,
    error,
    load: () => setRun((count) => count + 1),
    cancel: () => {
      stop?.abort();
      setProgress(undefined);
    },
  };
}
