// Prism in front of an imitation of Atlassian: every request and every answer that passes is judged by a description.
//
//   node prism.mjs DESCRIPTION IMITATION
//
// When it is ready it prints one line, {"address": "..."}. A line on its standard input, {"planted": false}, is answered with what has passed since the
// last: [{"method", "target", "operation", "status", "violations": [...]}]. It ends when its standard input does.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

import * as judged from '../judged.mjs';

const FOLDER = new URL('../node_modules/@stoplight/prism-cli/', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', FOLDER)));
const NAME = `prism ${version}`;
// What belongs to one connection, or to Prism alone.
const NOT_PASSED_ON = ['connection', 'content-encoding', 'content-length', 'keep-alive', 'sl-violations', 'transfer-encoding'];

const [description, imitation] = process.argv.slice(2);
const operations = operationsOf(JSON.parse(readFileSync(description)));
const prism = await startPrism();
let passed = [];

const front = createServer((request, reply) => {
  passOn(request, reply).catch((error) => reply.writeHead(502).end(String(error)));
});
front.listen(0, '127.0.0.1', () => tell({ address: `http://127.0.0.1:${front.address().port}` }));
for await (const line of createInterface({ input: process.stdin })) {
  const { planted } = JSON.parse(line);
  for (const { violations } of passed) writeDown(planted, violations.length > 0);
  tell(passed);
  passed = [];
}
process.exit(0);

/** Prism itself, as its command starts it, on a free port. */
async function startPrism() {
  const options = ['proxy', '--host', '127.0.0.1', '--port', '0', description, imitation];
  const program = new URL('dist/index.js', FOLDER).pathname;
  const child = spawn(process.execPath, [program, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.on('exit', () => child.kill());
  for await (const chunk of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    const [, address] = /listening on (http:[\w.:/]+)/.exec(chunk) ?? [];
    if (address) {
      child.stdout.resume();
      return address;
    }
  }
  throw new Error('Prism ended before it was ready');
}

/** Gives a request to Prism, and remembers what Prism says of it and of its answer. */
async function passOn(request, reply) {
  const body = Buffer.concat(await request.toArray());
  const { connection, host, 'content-length': length, ...headers } = request.headers;
  const options = { method: request.method, headers, redirect: 'manual' };
  const answer = await fetch(prism + request.url, body.length ? { ...options, body } : options);
  const content = Buffer.from(await answer.arrayBuffer());
  passed.push({
    method: request.method,
    target: request.url,
    operation: operationAt(request),
    status: answer.status,
    violations: JSON.parse(answer.headers.get('sl-violations') ?? '[]'),
  });
  const kept = [...answer.headers].filter(([name]) => !NOT_PASSED_ON.includes(name));
  reply.writeHead(answer.status, Object.fromEntries(kept)).end(content);
}

function operationsOf({ paths }) {
  return Object.entries(paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({
    method: method.toUpperCase(),
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    operation,
  })));
}

/** The name of our client's call; some tell apart what they ask for by a parameter. */
function operationAt({ method, url }) {
  const { pathname, searchParams } = new URL(url, imitation);
  const { operation } = operations.find((one) => one.method === method && one.pattern.test(pathname)) ?? {};
  const special = Object.entries(operation?.['x-operation-with'] ?? {}).find(([name]) => searchParams.has(name));
  return special?.[1] ?? operation?.operationId ?? null;
}

function writeDown(planted, found) {
  if (planted) judged.write(NAME, 'planted: bad exchange', found ? 'refused as it should' : 'accepted WRONGLY');
  else judged.write(NAME, 'requests and their answers', found ? 'refused, WRONGLY' : 'accepted');
}

function tell(what) {
  console.log(JSON.stringify(what));
}
