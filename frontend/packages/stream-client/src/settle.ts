/** Calls of functions that may answer now, later, or by throwing. */

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

/** Goes on at once where there is nothing to wait for: a thousand replayed entries must not cost a thousand turns of the event loop. */
export function settle(call: () => unknown, done: () => void, failed: (problem: unknown) => void) {
  let result: unknown;
  try {
    result = call();
  } catch (problem) {
    return failed(problem);
  }
  if (isThenable(result)) result.then(done, failed);
  else done();
}

export const attempt = <Value>(call: () => Value | PromiseLike<Value>): Promise<Value> =>
  new Promise((resolve) => resolve(call()));
