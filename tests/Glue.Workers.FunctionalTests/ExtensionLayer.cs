using System.Text;
using System.Text.Json;
using Glue.Contracts.Functions;

namespace Glue.Workers.FunctionalTests;

/// <summary>Extensions written in python, and the functions that have them.</summary>
internal static class ExtensionLayer
{
    /// <summary>Calls of the extensions API, for extensions and for handlers that register themselves.</summary>
    public const string Api = """
        import json, os, sys, time, urllib.request, urllib.error
        def call(path, body=None, identifier=None, **headers):
            headers = {name.replace('_', '-'): value for name, value in headers.items()}
            if identifier: headers['Lambda-Extension-Identifier'] = identifier
            data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
            request = urllib.request.Request(f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2020-01-01/extension/{path}", data, headers)
            try:
                with urllib.request.urlopen(request) as answer: return answer.status, answer.headers, json.loads(answer.read() or b'null')
            except urllib.error.HTTPError as e:
                return e.code, e.headers, json.loads(e.read()) if e.code == 403 else None
        def register(name, *events, **headers):
            status, got, body = call('register', {'events': events}, Lambda_Extension_Name=name, **headers)
            return got['Lambda-Extension-Identifier'], body
        def subscribe(path, **wish):
            wish = {'types': ['platform', 'function'], 'buffering': {'timeoutMs': 25, 'maxItems': 1000, 'maxBytes': 262144},
                    'destination': {'protocol': 'HTTP', 'URI': 'http://sandbox.localdomain:4243/'}, **wish}
            request = urllib.request.Request(f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/{path}", json.dumps(wish).encode(), {'Lambda-Extension-Identifier': me}, method='PUT')
            try:
                with urllib.request.urlopen(request) as answer: return [answer.status, answer.read().decode()]
            except urllib.error.HTTPError as e: return [e.code, json.loads(e.read())['errorType']]
        def note(*what):
            with open('/tmp/notes', 'a') as f: f.write(json.dumps(what) + '\n')
        def notes():
            return [json.loads(line) for line in open('/tmp/notes')] if os.path.exists('/tmp/notes') else []

        """;

    /// <summary>Subscribes as its variables say, and prints what it hears when the sandbox ends: RECORDS and a JSON array.</summary>
    public const string Listener = "#!/usr/bin/python3\n" + Api + """
        import http.server, threading
        heard, lock = [], threading.Lock()
        class Ears(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                records = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
                with lock: heard.extend(records)
                self.send_response(200); self.send_header('Content-Length', '0'); self.end_headers()
            def log_message(self, *what): pass
        server = http.server.ThreadingHTTPServer(('sandbox.localdomain', 4243), Ears)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        me, _ = register(os.path.basename(__file__), 'SHUTDOWN')
        answer = subscribe(*eval(os.environ.get('SUBSCRIBE', "('2022-07-01/telemetry',)")), **eval(os.environ.get('WISH', "{'schemaVersion': '2022-12-13'}")))
        print('SUBSCRIBED', json.dumps(answer), flush=True)
        call('event/next', identifier=me)
        with lock: print('RECORDS', json.dumps(heard, separators=(',', ':')), flush=True)
        """;

    /// <summary>Subscribes to lines of JSON on a connection, and prints what came, as <see cref="Listener"/> does: all of it was written before the sandbox ends.</summary>
    public const string TcpListener = "#!/usr/bin/python3\n" + Api + """
        import socket
        ears = socket.create_server(('sandbox.localdomain', 4243))
        me, _ = register(os.path.basename(__file__), 'SHUTDOWN')
        print('SUBSCRIBED', json.dumps(subscribe('2022-07-01/telemetry', schemaVersion='2022-12-13', destination={'protocol': 'TCP', 'port': 4243})), flush=True)
        call('event/next', identifier=me)
        connection, _ = ears.accept()
        connection.setblocking(False)
        heard = b''
        try:
            while part := connection.recv(65536): heard += part
        except BlockingIOError: pass
        assert heard.endswith(b'}\n'), heard
        print('RECORDS', json.dumps([json.loads(line) for line in heard.splitlines()], separators=(',', ':')), flush=True)
        """;

    /// <summary>What a <see cref="Listener"/> heard.</summary>
    public static IReadOnlyList<JsonElement> RecordsIn(IReadOnlyList<string> log)
    {
        var line = Assert.Single(log, static line => line.StartsWith("RECORDS ", StringComparison.Ordinal));
        return [.. JsonDocument.Parse(line["RECORDS ".Length..]).RootElement.EnumerateArray()];
    }

    /// <summary>A python function with a layer of extensions.</summary>
    public static FunctionVersion Of(WorkerFixture worker, string handler, params (string Name, string Source)[] extensions) => worker.Python(handler) with
    {
        Layers = [worker.Code.Add([.. extensions.Select(static each => ("extensions/" + each.Name, Encoding.UTF8.GetBytes(each.Source), CodeZip.Executable))])],
    };
}
