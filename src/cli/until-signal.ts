// Runs until the process is asked to end: the first signal drains, a second one does not wait.

import type { Logger } from 'pino';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** Exit code of a process that a second signal cut short. */
const IMPATIENT_EXIT = 130;

export async function untilSignal(close: () => Promise<void>, log: Logger): Promise<void> {
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    for (const name of SIGNALS) process.once(name, resolve);
  });
  for (const name of SIGNALS) process.once(name, () => process.exit(IMPATIENT_EXIT));
  log.info({ signal }, 'finishing what runs');
  await close();
}

/** Runs work that is told by the first signal to end when it can; a second one does not wait. */
export async function whileInterruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(IMPATIENT_EXIT);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
  }
}
