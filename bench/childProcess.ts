import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process of its own that answers questions, one at a time. */
export interface ChildProcess {
  /** @throws if the child ends without an answer; what went wrong stands in its own output */
  ask<Answer>(question: string): Promise<Answer>;
  end(): void;
}

/**
 * Starts a module as a child process that calls {@link answerQuestions}.
 *
 * @param module URL of a TypeScript module, which runs as this process does, or of a JavaScript module, which
 * plain Node runs
 */
export function startChild(module: URL): ChildProcess {
  const plain = module.pathname.endsWith('js');
  const child = fork(fileURLToPath(module), {
    ...(plain && { execArgv: [] }),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        const ended = (code: number | null): void => {
          reject(new Error(`${module.pathname} ended with code ${String(code)} before it answered`));
        };
        child.once('exit', ended);
        child.once('message', (answer) => {
          child.off('exit', ended);
          resolve(answer as never);
        });
        child.send(question);
      }),
    end: () => child.disconnect(),
  };
}

/** The child's side: `answer` is called for each question. */
export function answerQuestions(answer: (question: string) => unknown): void {
  process.on('message', (question: string) => {
    void Promise.resolve(answer(question)).then((value) => process.send?.(value));
  });
}
