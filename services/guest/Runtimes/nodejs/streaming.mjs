// Answers that a handler streams: what functions see of it (awslambda, as in AWS's runtime), and how it goes to the Runtime API.
import { Writable } from 'node:stream';

const streaming = Symbol.for('aws.lambda.runtime.handler.streaming');
const httpIntegration = 'application/vnd.awslambda.http-integration-response';

// Bytes. The trailers must fit into one frame of the agent's channel, base64 and all; an error that is longer loses its trace.
const maxErrorBody = 32 * 1024;
const maxErrorType = 256;

export const isStreaming = (handler) => handler[streaming] !== undefined;

globalThis.awslambda = {
  streamifyResponse: (handler) => {
    handler[streaming] = 'response';
    return handler;
  },
  HttpResponseStream: class {
    // Status, headers and cookies of a function URL's answer, before its body.
    static from(stream, metadata) {
      stream.setContentType(httpIntegration);
      stream._onBeforeFirstWrite = (write) => {
        write(JSON.stringify(metadata));
        write(Buffer.alloc(8));
      };
      return stream;
    }
  },
};

// What a streaming handler writes to. It goes out as chunks of one request, at the pace at which the other end takes it.
export class ResponseStream extends Writable {
  #connection;
  #head;
  #contentType = 'application/octet-stream';

  constructor(connection, head) {
    super();
    this.#connection = connection;
    this.#head = head;
    this.hasBegun = false;
  }

  setContentType(contentType) {
    this.#contentType = contentType;
  }

  _write(chunk, _, done) {
    this.#begin();
    this.#chunk(chunk, done);
  }

  _final(done) {
    this.#begin();
    done();
  }

  // The last chunk, with why the answer is not whole if it is not.
  endOfBody(error) {
    if (!error) {
      return Buffer.from('0\r\n\r\n');
    }
    const errorType = error.errorType.slice(0, maxErrorType);
    let body = JSON.stringify(error);
    if (Buffer.byteLength(body) > maxErrorBody) {
      body = JSON.stringify({ errorType, errorMessage: error.errorMessage.slice(0, 1024), trace: [] });
    }
    const type = errorType.replace(/[^\x20-\x7e]/g, '?');
    return Buffer.from(
      `0\r\nLambda-Runtime-Function-Error-Type: ${type}\r\nLambda-Runtime-Function-Error-Body: ${Buffer.from(body).toString('base64')}\r\n\r\n`);
  }

  #begin() {
    if (this.hasBegun) {
      return;
    }
    this.hasBegun = true;
    this.#connection.write(Buffer.from(`${this.#head}Content-Type: ${this.#contentType.replace(/[^\x20-\x7e]/g, '?')}\r\n`
      + 'Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n\r\n'));
    this._onBeforeFirstWrite?.((data) => this.#chunk(Buffer.from(data)));
  }

  #chunk(data, done) {
    if (data.length === 0) {
      done?.();
      return;
    }
    this.#connection.write(Buffer.concat([Buffer.from(data.length.toString(16) + '\r\n'), data, Buffer.from('\r\n')]), done);
  }
}
