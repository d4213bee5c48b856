// Ends the process that typesets when its job has run past the portal's own limit, or when the portal itself is gone.
import { workerData } from 'node:worker_threads';

setInterval(() => {
  const deadline = Atomics.load(workerData.deadline, 0);
  if ((deadline !== 0n && Date.now() > Number(deadline)) || process.ppid !== workerData.parent) {
    process.kill(process.pid, 'SIGKILL');
  }
}, 1000);
