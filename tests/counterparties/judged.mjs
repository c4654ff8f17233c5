// Writes down what a judge judged, for the table at the end of tests/run.

import { appendFileSync } from 'node:fs';

/** Appends a row to the file that JUDGED names; a judge asked by hand leaves no trace. */
export function write(judge, what, result, count = 1) {
  if (process.env.JUDGED) {
    appendFileSync(process.env.JUDGED, `${judge}\t${what}\t${count}\t${result}\n`);
  }
}
