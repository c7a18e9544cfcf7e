"""The runtime of python3*: loads the handler named by _HANDLER and serves it over the Lambda Runtime API.

One raw connection instead of an HTTP client: the answer and the next poll leave in one send, and both replies come in one
receive, which halves the round trips of a warm invocation.
"""
import importlib
import importlib.machinery
import json
import os
import socket
import sys
import time
import traceback

BASE = "/2018-06-01/runtime/"
POLL = f"GET {BASE}invocation/next HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
# The first poll in a sandbox that is to become a snapshot: see internal().
POLL_AS_TEMPLATE = f"GET {BASE}invocation/next HTTP/1.1\r\nHost: 127.0.0.1\r\nGlue-Internal-Events: 1\r\n\r\n".encode()
AWAIT_RESTORE = f"GET {BASE}restore/next HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


class InitError(Exception):
    """The handler cannot be loaded; its first argument is the error type."""


class Context:
    """What a handler gets as its second argument."""

    def __init__(self, headers):
        env = os.environ
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers["lambda-runtime-invoked-function-arn"]
        self.function_name = env["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = env["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = env["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = env["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = CognitoIdentity()
        self.client_context = _client_context(headers.get("lambda-runtime-client-context"))
        self._deadline_ms = int(headers["lambda-runtime-deadline-ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))
        sys.stdout.flush()


class CognitoIdentity:
    """Nobody signs in with Cognito here."""

    cognito_identity_id = None
    cognito_identity_pool_id = None


class Client:
    """The application that called, as it says itself."""

    def __init__(self, document):
        for name in ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"):
            setattr(self, name, document.get(name))


class ClientContext:
    """The caller's client context, with AWS's attribute names."""

    def __init__(self, document):
        self.custom = document.get("custom")
        self.env = document.get("env")
        self.client = Client(document["client"]) if isinstance(document.get("client"), dict) else None


def _client_context(text):
    if not text:
        return None
    return ClientContext(json.loads(text))


class Connection:
    """Requests out, replies in. Reads replies with Content-Length: the agent sends no others."""

    def __init__(self):
        host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
        self._socket = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pending = b""

    def send(self, data):
        self._socket.sendall(data)

    def receive(self):
        """The next reply: (headers with lower-case names, body)."""
        data = self._pending
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        headers = {}
        for line in data[:end].decode("latin-1").split("\r\n")[1:]:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        size = end + 4 + int(headers.get("content-length", 0))
        if len(data) < size:
            pieces, have = [data], len(data)
            while have < size:
                pieces.append(self._more())
                have += len(pieces[-1])
            data = b"".join(pieces)
        self._pending = data[size:]
        return headers, data[end + 4 : size]

    def _more(self):
        data = self._socket.recv(262144)
        if not data:
            sys.exit(0)  # the sandbox is going away
        return data


def post(to, body, error_type=None):
    kind = f"Lambda-Runtime-Function-Error-Type: {error_type}\r\n" if error_type else ""
    head = (
        f"POST {BASE}{to} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"{kind}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("latin-1", "replace") + body


def load_handler(name):
    module_name, dot, function_name = name.rpartition(".")
    if not dot or not module_name or not function_name:
        raise InitError(
            "Runtime.MalformedHandlerName", f"Bad handler '{name}': it must be MODULE.FUNCTION, for example app.handler"
        )
    module_name = module_name.replace("/", ".")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise InitError("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        raise InitError(
            "Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}"
        ) from error
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise InitError(
            "Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'"
        ) from None


def describe(error, request_id=""):
    """Lambda's error document, without the frames of this file."""
    if isinstance(error, InitError):
        error_type, message = error.args
    else:
        error_type, message = type(error).__name__, str(error)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__ and "importlib" not in f.filename]
    return {
        "errorMessage": message,
        "errorType": error_type,
        "requestId": request_id,
        "stackTrace": traceback.format_list(frames),
    }


def log_error(document):
    if LOGS_JSON:
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        sys.stdout.write(json.dumps({"timestamp": moment, "log_level": "ERROR", **document}, ensure_ascii=False) + "\n")
        return
    lines = "".join(document["stackTrace"]).replace("\n", "\r")
    text = f"[ERROR] {document['errorType']}: {document['errorMessage']}\rTraceback (most recent call last):\r{lines}"
    sys.stdout.write(text.rstrip("\r") + "\n")


request_id = ""

LOGS_JSON = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"


def install_logging():
    """Lambda's log format on the root logger, for functions that import logging."""
    logging = sys.modules.get("logging")
    if logging is None or logging.getLogger().handlers:
        return

    class JsonHandler(logging.StreamHandler):
        usual = set(vars(logging.makeLogRecord({}))) | {"message", "taskName"}

        def format(self, record):
            moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
            line = {"timestamp": moment, "level": record.levelname, "message": record.getMessage(), "logger": record.name}
            if record.exc_info and record.exc_info[0]:
                kind, error, trace = record.exc_info
                line["stackTrace"] = traceback.format_list(traceback.extract_tb(trace))
                line["errorType"], line["errorMessage"] = kind.__name__, str(error)
                line["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
            line.update({name: value for name, value in vars(record).items() if name not in self.usual and name not in line})
            if request_id:
                line["requestId"] = request_id
            return json.dumps(line, ensure_ascii=False, default=str)

    if LOGS_JSON:
        level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO")
        logging.getLogger().setLevel({"TRACE": 1, "WARN": logging.WARNING, "FATAL": logging.CRITICAL}.get(level, level))
        logging.getLogger().addHandler(JsonHandler(sys.stdout))
        return

    class Handler(logging.StreamHandler):
        def format(self, record):
            text = super().format(record).replace("\n", "\r")
            moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            return f"[{record.levelname}]\t{moment}.{int(record.msecs):03d}Z\t{request_id}\t{text}"

    logging.getLogger().addHandler(Handler(sys.stdout))


def run(handler, headers, body):
    """One event. Returns the request that answers it."""
    global request_id
    request_id = headers["lambda-runtime-aws-request-id"]
    if trace := headers.get("lambda-runtime-trace-id"):
        os.environ["_X_AMZN_TRACE_ID"] = trace
    try:
        try:
            event = json.loads(body)
        except ValueError as error:
            raise InitError("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error
        result = handler(event, Context(headers))
        try:
            text = json.dumps(result, separators=(", ", ": "), default=_decimal)
        except (TypeError, ValueError) as error:
            raise InitError("Runtime.MarshalError", f"Unable to marshal response: {error}") from error
        answer = post(f"invocation/{request_id}/response", text.encode())
    except Exception as error:  # the function's own failure, whatever it is, is its answer
        document = describe(error, request_id)
        log_error(document)
        answer = post(f"invocation/{request_id}/error", json.dumps(document).encode(), document["errorType"])
    # What was printed leaves before the answer: it belongs to this invocation.
    sys.stdout.flush()
    sys.stderr.flush()
    return answer


def _decimal(value):
    if type(value).__name__ == "Decimal":
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


class OldBotocore:
    """Teaches a botocore from before 1.31 (Debian 12's python3-boto3) the variable AWS_ENDPOINT_URL_S3, when a function imports one.

    An import hook, because importing botocore takes longer than most functions' cold start.
    """

    def find_spec(self, name, path=None, target=None):
        if name != "botocore.session":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None:
            load = spec.loader.exec_module
            spec.loader.exec_module = lambda module: (load(module), self.teach(module))
        return spec

    @staticmethod
    def teach(session):
        import botocore

        if [int(part) for part in botocore.__version__.split(".")[:2]] >= [1, 31]:
            return
        create_client = session.Session.create_client

        def create_client_of_store(self, service_name, *args, **named):
            endpoint_is_given = len(args) >= 5 or named.get("endpoint_url") is not None
            if service_name == "s3" and not endpoint_is_given:
                named["endpoint_url"] = os.environ.get("AWS_ENDPOINT_URL_S3")
            return create_client(self, service_name, *args, **named)

        session.Session.create_client = create_client_of_store


IS_TEMPLATE = os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"
must_reseed = False


def internal(event_id):
    """The handler for an event that is not the user's, or None."""
    return {"glue-ping": warm_up, "glue-before-snapshot": before_snapshot}.get(event_id)


def warm_up(event, context):
    """What a first invocation needs has then run once; nobody reads this log."""
    print(event, context.get_remaining_time_in_millis())
    return event


def before_snapshot(event, context):
    global must_reseed
    hooks = sys.modules.get("snapshot_restore_py")
    registered = hooks.get_before_snapshot() if hooks else []
    while registered:
        func, args, kwargs = registered.pop()
        func(*args, **kwargs)
    # OpenSSL's generator renews itself when the clock says so; the worker has turned the guest's clock ahead, so that any
    # restored copy finds its last renewal in the future. os.urandom, secrets and uuid4 are the kernel's.
    if "_ssl" in sys.modules:
        sys.modules["_ssl"].RAND_bytes(32)
    must_reseed = True


def after_restore(connection):
    """Waits for the restore if the function wants to know of it; a poll would save its sandbox as well, and one exchange less."""
    hooks = sys.modules.get("snapshot_restore_py")
    registered = hooks.get_after_restore() if hooks else []
    if not registered:
        return
    connection.send(AWAIT_RESTORE)
    connection.receive()
    reseed()
    try:
        for func, args, kwargs in registered:
            func(*args, **kwargs)
    except Exception as error:
        document = describe(error)
        log_error(document)
        sys.stdout.flush()
        connection.send(post("restore/error", json.dumps(document).encode(), "Runtime.AfterRestoreError"))
        connection.receive()
        sys.exit(1)
    sys.stdout.flush()


def reseed():
    """First event of a restored copy: the generators that never ask for new randomness by themselves."""
    global must_reseed
    must_reseed = False
    if "random" in sys.modules:
        sys.modules["random"].seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if "tempfile" in sys.modules:
        sys.modules["tempfile"]._name_sequence = None


def main():
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    sys.meta_path.insert(0, OldBotocore())
    sys.stdout.reconfigure(line_buffering=True)  # a function that is killed has said what it said
    connection = Connection()
    if LOGS_JSON:
        import logging  # noqa: F401 (what the handler's module logs while it is loaded is JSON, too)

        install_logging()
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Exception as error:
        document = describe(error)
        log_error(document)
        sys.stdout.flush()
        connection.send(post("init/error", json.dumps(document).encode(), document["errorType"]))
        connection.receive()
        sys.exit(1)

    install_logging()
    sys.stdout.flush()
    connection.send(POLL_AS_TEMPLATE if IS_TEMPLATE else POLL)
    while True:
        headers, body = connection.receive()
        own = internal(headers["lambda-runtime-aws-request-id"]) if IS_TEMPLATE else None
        if must_reseed and own is None:
            reseed()
        answer = run(own or handler, headers, body)
        if own is before_snapshot:
            connection.send(answer)
            connection.receive()
            after_restore(connection)
            connection.send(POLL)
        else:
            connection.send(answer + POLL)
            connection.receive()


main()
