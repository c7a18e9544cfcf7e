// The runtime of nodejs*: loads the handler named by _HANDLER and serves it over the Lambda Runtime API.
// One raw connection instead of an HTTP client: the answer and the next poll leave in one write, and both replies come in one
// read, which halves the round trips of a warm invocation.
import net from 'node:net';
import { createRequire } from 'node:module';
import { statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect, format } from 'node:util';
import { ResponseStream, isStreaming } from './streaming.mjs';

const env = process.env;
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(':');
const base = '/2018-06-01/runtime/';
const get = (what, header = '') => Buffer.from(`GET ${base}${what} HTTP/1.1\r\nHost: ${host}\r\n${header}\r\n`);
const pollNext = get('invocation/next');

const isTemplate = env.AWS_LAMBDA_INITIALIZATION_TYPE === 'snap-start';

let requestId;
let random; // see takePart

const logsJson = env.AWS_LAMBDA_LOG_FORMAT === 'JSON';
const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

function withErrors(_, value) {
  return value instanceof Error
    ? { errorType: value.constructor?.name ?? 'UnknownError', errorMessage: value.message, stackTrace: String(value.stack).split('\n'), ...value }
    : value;
}

function jsonLine(level, parts) {
  const line = { timestamp: new Date().toISOString(), level, requestId };
  if (parts.length === 1) {
    try {
      return JSON.stringify({ ...line, message: parts[0] }, withErrors);
    } catch {
      return JSON.stringify({ ...line, message: format(parts[0]) }); // refers to itself, or holds a BigInt
    }
  }
  line.message = format(...parts);
  const error = parts.find((part) => part instanceof Error);
  return JSON.stringify(error ? { ...line, ...withErrors('', error) } : line);
}

function installJsonConsole() {
  const least = levels.indexOf(env.AWS_LAMBDA_LOG_LEVEL ?? 'INFO');
  const nothing = () => {};
  const line = (level) => levels.indexOf(level) < least ? nothing : (...parts) => process.stdout.write(jsonLine(level, parts) + '\n');
  console.log = line('INFO');
  console.info = line('INFO');
  console.warn = line('WARN');
  console.error = line('ERROR');
  console.debug = line('DEBUG');
  console.trace = line('TRACE');
  console.fatal = line('FATAL');
}

// What the runtime itself has to say about a failure, whatever the function's level.
function logFailure(what, description) {
  if (logsJson) {
    const { trace, ...error } = description;
    process.stdout.write(jsonLine('ERROR', [{ ...error, stackTrace: trace }]) + '\n');
  } else {
    console.error(what, JSON.stringify(description));
  }
}

function installConsole() {
  const line = (level) => (...parts) => {
    const text = format(...parts).replaceAll('\n', '\r');
    process.stdout.write(`${new Date().toISOString()}\t${requestId ?? 'undefined'}\t${level}\t${text}\n`);
  };
  console.log = line('INFO');
  console.info = line('INFO');
  console.warn = line('WARN');
  console.error = line('ERROR');
  console.debug = line('DEBUG');
  console.trace = line('TRACE');
}

class NamedError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

async function loadHandler() {
  const root = env.LAMBDA_TASK_ROOT;
  const name = env._HANDLER;
  const folder = path.dirname(name);
  const base = path.basename(name);
  const dot = base.indexOf('.');
  if (dot <= 0 || dot === base.length - 1) {
    throw new NamedError('Runtime.MalformedHandlerName', `Bad handler '${name}': it must be FILE.FUNCTION, for example index.handler`);
  }

  const stem = path.resolve(root, folder, base.slice(0, dot));
  const file = [stem, ...['.js', '.mjs', '.cjs'].map((end) => stem + end)].find(isFile);
  if (!file) {
    throw new NamedError('Runtime.ImportModuleError', `Error: Cannot find module '${stem.slice(root.length + 1)}': the code has no such file (.js, .mjs or .cjs)`);
  }

  let module;
  try {
    module = await load(file);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw rename('Runtime.UserCodeSyntaxError', error);
    }
    if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
      throw rename('Runtime.ImportModuleError', error);
    }
    throw error;
  }

  let found = module;
  for (const part of base.slice(dot + 1).split('.')) {
    found = found?.[part];
  }
  if (found === undefined && module?.default !== undefined) {
    found = base.slice(dot + 1).split('.').reduce((at, part) => at?.[part], module.default);
  }
  if (found === undefined) {
    throw new NamedError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  }
  if (typeof found !== 'function') {
    throw new NamedError('Runtime.HandlerNotFound', `${name} is not a function`);
  }
  return found;
}

// CommonJS through require where it can be (as Lambda does: faster, and __dirname works), else as an ES module.
async function load(file) {
  if (!file.endsWith('.mjs')) {
    try {
      return createRequire(file)(file);
    } catch (error) {
      const isModule = error?.code === 'ERR_REQUIRE_ESM' || error?.code === 'ERR_REQUIRE_ASYNC_MODULE';
      if (!isModule) {
        throw error;
      }
    }
  }
  return import(pathToFileURL(file).href);
}

function isFile(name) {
  return statSync(name, { throwIfNoEntry: false })?.isFile() ?? false;
}

function rename(name, error) {
  const named = new NamedError(name, String(error));
  named.stack = error.stack;
  return named;
}

function describe(error) {
  if (error instanceof Error || (error && typeof error === 'object' && 'stack' in error && 'message' in error)) {
    return {
      errorType: String(error.name ?? 'Error'),
      errorMessage: String(error.message),
      trace: String(error.stack ?? '').split('\n'),
    };
  }
  return { errorType: typeof error, errorMessage: typeof error === 'string' ? error : inspect(error), trace: [] };
}

// Requests out, replies in, over one keep-alive connection. Reads HTTP/1.1 replies with Content-Length: the agent sends no others.
class Connection {
  #socket;
  #chunks = [];
  #have = 0;
  #need = 0; // no use looking before so many bytes are here
  #takers = [];

  constructor(socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (data) => {
      this.#chunks.push(data);
      this.#have += data.length;
      if (this.#have >= this.#need) {
        this.#read();
      }
    });
    socket.on('close', () => process.exit(0)); // the sandbox is going away
    socket.on('error', () => process.exit(1));
  }

  // Sends bytes that hold as many requests as there are takers; each taker gets (status, headers, body) of its reply.
  send(bytes, ...takers) {
    this.#takers.push(...takers);
    this.#socket.write(bytes);
  }

  // A part of a request whose end comes with send.
  write(bytes, done) {
    this.#socket.write(bytes, done);
  }

  // While a handler runs, this connection must not keep the event loop alive: an empty loop means that the handler is done.
  ref(isWanted) {
    if (isWanted) {
      this.#socket.ref();
    } else {
      this.#socket.unref();
    }
  }

  #read() {
    let data = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks, this.#have);
    this.#need = 0;
    while (data.length > 0) {
      const end = data.indexOf('\r\n\r\n');
      if (end < 0) {
        break;
      }
      const head = data.latin1Slice(0, end);
      const headers = readHeaders(head);
      const size = end + 4 + Number(headers['content-length'] ?? 0);
      if (data.length < size) {
        this.#need = size;
        break;
      }
      const body = data.subarray(end + 4, size);
      data = data.subarray(size);
      this.#takers.shift()?.(Number(head.slice(9, 12)), headers, body);
    }
    this.#chunks = data.length > 0 ? [data] : [];
    this.#have = data.length;
  }
}

function readHeaders(head) {
  const headers = {};
  let at = head.indexOf('\r\n');
  while (at >= 0) {
    const next = head.indexOf('\r\n', at + 2);
    const colon = head.indexOf(':', at + 2);
    headers[head.slice(at + 2, colon).toLowerCase()] = head.slice(colon + 2, next < 0 ? undefined : next);
    at = next;
  }
  return headers;
}

function post(to, body, errorType) {
  const content = Buffer.from(body);
  const type = errorType ? `Lambda-Runtime-Function-Error-Type: ${errorType.replace(/[^\x20-\x7e]/g, '?')}\r\n` : '';
  const head = `POST ${base}${to} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n${type}Content-Length: ${content.length}\r\n\r\n`;
  return [Buffer.from(head), content];
}

// One event: runs the handler and sends exactly one answer, whichever way the handler gives it first.
class Invocation {
  #connection;
  #isAnswered = false;
  #stream;
  #whenIdle = () => this.answer(undefined); // a handler that neither calls back nor returns a promise answers null

  constructor(connection, headers) {
    this.#connection = connection;
    this.id = headers['lambda-runtime-aws-request-id'];
    this.deadline = Number(headers['lambda-runtime-deadline-ms']);
    this.arn = headers['lambda-runtime-invoked-function-arn'];
    this.clientContext = headers['lambda-runtime-client-context'];
    const trace = headers['lambda-runtime-trace-id'];
    if (trace) {
      env._X_AMZN_TRACE_ID = trace;
    }
  }

  context() {
    const done = (error, result) => this.callBack(error, result);
    const context = {
      callbackWaitsForEmptyEventLoop: true,
      functionName: env.AWS_LAMBDA_FUNCTION_NAME,
      functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
      memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
      awsRequestId: this.id,
      invokedFunctionArn: this.arn,
      clientContext: this.clientContext ? JSON.parse(this.clientContext) : undefined,
      identity: undefined,
      getRemainingTimeInMillis: () => Math.max(0, this.deadline - Date.now()),
      done,
      fail: (error) => done(error ?? 'handled'),
      succeed: (result) => done(null, result),
    };
    this.waitsForEmptyLoop = () => context.callbackWaitsForEmptyEventLoop;
    return context;
  }

  run(handler, body) {
    this.#connection.ref(false);
    process.once('beforeExit', this.#whenIdle);
    try {
      const event = JSON.parse(body);
      if (isStreaming(handler)) {
        this.#runStreaming(handler, event);
        return;
      }
      const result = handler(event, this.context(), (error, value) => this.callBack(error, value));
      if (typeof result?.then === 'function') {
        result.then((value) => this.answer(value), (error) => this.fail(error));
      }
    } catch (error) {
      this.fail(error);
    }
  }

  // Over when the stream has ended and, if the handler returned a promise, that has too.
  #runStreaming(handler, event) {
    this.#stream = new ResponseStream(this.#connection, `POST ${base}invocation/${this.id}/response HTTP/1.1\r\nHost: ${host}\r\n`);
    const written = new Promise((resolve, reject) => this.#stream.on('finish', resolve).on('error', reject));
    const result = handler(event, this.#stream, this.context());
    process.off('beforeExit', this.#whenIdle);
    process.once('beforeExit', (this.#whenIdle = () => this.#stream.end())); // nothing goes on that could still write
    const returned = typeof result?.then === 'function' ? result.then(() => this.#stream.writableEnded || this.#stream.end()) : undefined;
    Promise.all([written, returned]).then(() => this.#finish(), (error) => this.fail(error));
  }

  // The answer is what was written so far, and with an error that it is not whole.
  #end(error) {
    this.#stream.end(() => this.#finish(error)); // also called of a stream that has ended or failed already
  }

  #finish(error) {
    if (!this.#isAnswered) {
      poll(this.#connection, [this.#close(this.#stream.endOfBody(error))]);
    }
  }

  // What ends the stream of an invocation that cannot go on; undefined: it has begun none.
  cutOff(error) {
    return this.#stream?.hasBegun && !this.#isAnswered ? this.#close(this.#stream.endOfBody(error)) : undefined;
  }

  // Nothing of this invocation comes behind its answer: the connection is the next one's. What the handler goes on to write is dropped.
  #close(answer) {
    this.#isAnswered = true;
    process.off('beforeExit', this.#whenIdle);
    this.#stream?.destroy();
    this.#connection.ref(true);
    return answer;
  }

  // The callback's answer waits, as Lambda's does, until nothing else is going on, unless the handler said not to.
  callBack(error, value) {
    const send = () => (error === undefined || error === null ? this.answer(value) : this.fail(error));
    if (this.#isAnswered) {
      return;
    }
    if (this.waitsForEmptyLoop()) {
      process.off('beforeExit', this.#whenIdle);
      process.once('beforeExit', (this.#whenIdle = send));
    } else {
      send();
    }
  }

  answer(value) {
    if (this.#stream?.hasBegun) {
      this.#end();
      return;
    }
    let text;
    try {
      text = value === undefined ? 'null' : (JSON.stringify(value) ?? 'null');
    } catch (error) {
      this.fail(rename('Runtime.MarshalError', error));
      return;
    }
    this.#send('response', text);
  }

  fail(error) {
    const description = describe(error);
    logFailure('Invoke Error', description);
    if (this.#stream?.hasBegun) {
      this.#end(description);
      return;
    }
    this.#send('error', JSON.stringify(description), description.errorType);
  }

  #send(verb, body, errorType) {
    if (!this.#isAnswered) {
      poll(this.#connection, this.#close(post(`invocation/${this.id}/${verb}`, body, errorType)));
    }
  }
}

let handler;
let current;

function poll(connection, answer) {
  const take = (status, headers, body) => {
    current = new Invocation(connection, headers);
    requestId = current.id;
    if (isTemplate) {
      random.forget();
    }
    current.run((isTemplate && internal[requestId]) || handler, body);
  };
  if (!answer) {
    connection.send(isTemplate ? get('invocation/next', 'Glue-Internal-Events: 1\r\n') : pollNext, take);
  } else if (isTemplate && requestId === 'glue-before-snapshot' && hooks.afterRestore.length > 0) {
    connection.send(Buffer.concat([...answer, get('restore/next')]), () => {}, () => restored(connection, take));
  } else {
    connection.send(Buffer.concat([...answer, pollNext]), () => {}, take);
  }
}

// Events that are not the user's. Nobody reads the log of a warm-up.
const internal = {
  'glue-ping': async (event, context) => {
    console.log('warm-up', event, context.getRemainingTimeInMillis());
    return event;
  },
  'glue-before-snapshot': async () => {
    for (const [hook, data] of hooks.beforeSnapshot) {
      await hook(data);
    }
    return random.drawFromAll();
  },
};

async function restored(connection, take) {
  try {
    random.forget();
    for (const [hook, data] of hooks.afterRestore) {
      await hook(data);
    }
  } catch (error) {
    const description = describe(error);
    logFailure('Restore Error', description);
    connection.send(Buffer.concat(post('restore/error', JSON.stringify(description), 'Runtime.AfterRestoreError')), () => process.exit(1));
    return;
  }
  connection.send(pollNext, take);
}

// Says why and ends: the state of a process after an error nobody caught is anybody's guess.
function crash(connection, error) {
  const description = describe(error);
  logFailure('Uncaught Exception', description);
  const to = handler === undefined ? 'init/error' : `invocation/${current?.id}/error`;
  connection.ref(true);
  connection.send(current?.cutOff(description) ?? Buffer.concat(post(to, JSON.stringify(description), description.errorType)), () => process.exit(1));
}

// This process will be saved and go on many times. What the kernel cannot renew in a restored copy is renewed here: V8's
// generator and the UUID cache never ask for new randomness, and OpenSSL's asks when the clock says so (the worker turns the guest's
// clock ahead before drawFromAll, so that any restored copy finds its last renewal in the future, and renews).
async function takePart() {
  const { default: crypto } = await import('node:crypto');
  const { syncBuiltinESMExports } = await import('node:module');
  const { promisify } = await import('node:util');
  let pool = Buffer.alloc(0);
  let at = 0;
  Math.random = () => {
    if (at + 8 > pool.length) {
      pool = crypto.randomBytes(1024);
      at = 0;
    }
    at += 8;
    return Number(pool.readBigUInt64LE(at - 8) >> 11n) / 2 ** 53;
  };
  const { randomUUID } = crypto;
  crypto.randomUUID = () => randomUUID({ disableEntropyCache: true });
  Object.getPrototypeOf(globalThis.crypto).randomUUID = crypto.randomUUID;
  syncBuiltinESMExports();
  const forget = () => {
    pool = Buffer.alloc(0);
    at = 0;
  };
  const drawFromAll = async () => {
    crypto.randomBytes(32);
    await promisify(crypto.randomBytes)(32); // the thread pool's generator
    crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }); // the one for private keys
    forget();
    return null;
  };
  return { forget, drawFromAll };
}

// AWS has no hooks for Node.js. Node itself has: those of its start-up snapshots (v8.startupSnapshot), and code that uses them asks first
// whether a snapshot is being made. It is: the callbacks run when the function's snapshot is made, and in every sandbox restored from it.
const hooks = { beforeSnapshot: [], afterRestore: [] };

async function offerHooks() {
  const { default: v8 } = await import('node:v8');
  if (v8.startupSnapshot) {
    v8.startupSnapshot.isBuildingSnapshot = () => true;
    v8.startupSnapshot.addSerializeCallback = (hook, data) => void hooks.beforeSnapshot.push([hook, data]);
    v8.startupSnapshot.addDeserializeCallback = (hook, data) => void hooks.afterRestore.push([hook, data]);
  }
}

(logsJson ? installJsonConsole : installConsole)();
const socket = net.connect(Number(port), host);
const connection = new Connection(socket);
process.on('uncaughtException', (error) => crash(connection, error));
process.on('unhandledRejection', (reason) =>
  crash(connection, rename('Runtime.UnhandledPromiseRejection', reason instanceof Error ? reason : new Error(inspect(reason)))));
try {
  if (isTemplate) {
    random = await takePart();
    await offerHooks();
  }
  handler = await loadHandler();
  poll(connection);
} catch (error) {
  crash(connection, error);
}
