"""The gRPC peer in Python (Debian's grpcio). 'peer.py serve' is an echo server and prints its port;
'peer.py call ADDRESS' calls one and prints one JSON line a scenario: {"name", "outcome"}.
Messages are generated from the .proto files into the directory named by PEER_GENERATED."""
import base64
import hashlib
import json
import os
import sys
from concurrent import futures
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parents[3]
GENERATED = os.environ["PEER_GENERATED"]
FILES = ["banyan/test/v1/echo.proto", "grpc/health/v1/health.proto", "grpc/reflection/v1alpha/reflection.proto"]


def generate():
    # The folder 'grpc' of the protocol's own files would hide the package grpc: those are generated under another name.
    for name in FILES:
        source = (ROOT / "proto" / name) if name.startswith("grpc/") else (ROOT / "tests/interop/proto" / name)
        target = Path(GENERATED) / name.replace("grpc/", "peer_")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text())
    names = [str(Path(GENERATED) / name.replace("grpc/", "peer_")) for name in FILES]
    code = protoc.main(["protoc", f"-I{GENERATED}", f"--python_out={GENERATED}", f"--grpc_python_out={GENERATED}", *names])
    if code != 0:
        raise SystemExit(code)
    sys.path.insert(0, GENERATED)


generate()

import grpc  # noqa: E402
from banyan.test.v1 import echo_pb2, echo_pb2_grpc  # noqa: E402
from peer_health.v1 import health_pb2, health_pb2_grpc  # noqa: E402
from peer_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc  # noqa: E402

LIMITS = [("grpc.max_receive_message_length", 8 << 20), ("grpc.max_send_message_length", 8 << 20), ("grpc.max_metadata_size", 32768)]


class Echo(echo_pb2_grpc.EchoServicer):
    def Say(self, request, context):
        sent = [(k, v) for k, v in context.invocation_metadata() if k.startswith("x-")]
        context.send_initial_metadata(sent)
        context.set_trailing_metadata([(k[:-4] + "-trailer-bin" if k.endswith("-bin") else k + "-trailer", v) for k, v in sent])
        return echo_pb2.EchoResponse(text=request.text, payload=request.payload)

    def Repeat(self, request, context):
        finished = []
        context.add_callback(lambda: None if finished else print("cancelled Repeat", flush=True))
        index = 0
        while request.times == 0 or index < request.times:
            yield echo_pb2.EchoResponse(text=request.text, payload=request.payload, index=index)
            index += 1
        finished.append(True)

    def Collect(self, requests, context):
        texts = [r.text for r in requests]
        return echo_pb2.EchoResponse(text=",".join(texts), index=len(texts))

    def Chat(self, requests, context):
        for index, request in enumerate(requests):
            yield echo_pb2.EchoResponse(text=request.text, payload=request.payload, index=index)

    def Fail(self, request, context):
        trailers = [("x-why", "asked")]
        if request.payload:
            trailers.append(("grpc-status-details-bin", request.payload))
        context.set_trailing_metadata(trailers)
        code = next(c for c in grpc.StatusCode if c.value[0] == request.code)
        context.abort(code, request.text)

    def Hang(self, request, context):
        over = futures.Future()
        context.add_callback(lambda: over.set_result(None))
        over.result()
        print("cancelled Hang", flush=True)
        return echo_pb2.EchoResponse()


def serve():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=LIMITS, compression=grpc.Compression.Gzip)
    echo_pb2_grpc.add_EchoServicer_to_server(Echo(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(f"port {port}.", flush=True)
    server.wait_for_termination()


class Scenarios:
    def __init__(self, address):
        channel = grpc.insecure_channel(address, options=LIMITS)
        self.channel = channel
        self.echo = echo_pb2_grpc.EchoStub(channel)
        self.request = echo_pb2.EchoRequest

    def method(self, package, service, name, stub, arguments, responses):
        return getattr(self.channel, stub)(
            f"/{package}.{service}/{name}", request_serializer=lambda m: m.SerializeToString(), response_deserializer=responses.FromString)(arguments)

    @staticmethod
    def failure(call):
        try:
            call()
        except grpc.RpcError as error:
            return error
        raise AssertionError("the call did not fail")

    def code(self, call):
        return str(self.failure(call).code().value[0])

    def say(self):
        return self.echo.Say(self.request(text="häl")).text

    def big(self):
        payload = self.echo.Say(self.request(payload=b"\x07" * ((4 << 20) - 64))).payload
        return f"{len(payload)} {hashlib.sha256(payload).hexdigest()}"

    def gzip(self):
        return str(len(self.echo.Say(self.request(text="z" * 10000), compression=grpc.Compression.Gzip).text))

    def repeat(self):
        call = self.echo.Repeat(self.request(text="r", times=100))
        indexes = ",".join(str(m.index) for m in call)
        return f"{indexes} {call.code().value[0]} {dict(call.trailing_metadata())['x-kind']}"

    def collect(self):
        response = self.echo.Collect(self.request(text=t) for t in "abc")
        return f"{response.text} {response.index}"

    def chat(self):
        import queue
        requests = queue.Queue()
        call = self.echo.Chat(iter(requests.get, None))
        seen = []
        requests.put(self.request(text="0"))
        for message in call:
            seen.append(message.text)
            requests.put(None if len(seen) == 20 else self.request(text=str(len(seen))))
        return f"{','.join(seen)} {call.code().value[0]}"

    def cancel(self):
        call = self.echo.Repeat(self.request(text="c", times=0))
        for _ in range(5):
            next(call)
        call.cancel()
        return str(call.code().value[0])

    def fail(self):
        error = self.failure(lambda: self.echo.Fail(self.request(code=9, text="näh: 100%\n")))
        return f"{error.code().value[0]}|{error.details()}|{dict(error.trailing_metadata())['x-why']}"

    def missing(self):
        return self.code(lambda: self.echo.Missing(self.request()))

    def unknown(self):
        return self.code(lambda: self.channel.unary_unary("/no.such.Service/Call")(b""))

    def deadline(self):
        return self.code(lambda: self.echo.Hang(self.request(), timeout=3))

    def metadata(self):
        _, call = self.echo.Say.with_call(self.request(), metadata=[("x-text", "one"), ("x-text", "two"), ("x-raw-bin", b"\x00\xff\x01")])
        headers, trailers = list(call.initial_metadata()), list(call.trailing_metadata())
        values = lambda m, key: ", ".join(v.hex() if isinstance(v, bytes) else v for k, v in m if k == key)
        return "|".join([values(headers, "x-text"), values(headers, "x-raw-bin"), values(trailers, "x-text-trailer"), values(trailers, "x-raw-trailer-bin")])

    def bigmetadata(self):
        _, call = self.echo.Say.with_call(self.request(), metadata=[("x-big", "m" * 5000)])
        return f"{len(dict(call.initial_metadata())['x-big'])} {len(dict(call.trailing_metadata())['x-big-trailer'])}"

    def details(self):
        error = self.failure(lambda: self.echo.Fail(self.request(text="banyan")))
        details = dict(error.trailing_metadata())["grpc-status-details-bin"]
        return f"{error.code().value[0]} {base64.b64encode(details).decode()}"

    def toolarge(self):
        return self.code(lambda: self.echo.Say(self.request(payload=b"\x00" * (5 << 20))))

    def health(self):
        check = lambda service: self.method("grpc.health.v1", "Health", "Check", "unary_unary",
                                            health_pb2.HealthCheckRequest(service=service), health_pb2.HealthCheckResponse)
        return f"{check('').status} {self.code(lambda: check('no.such.Service'))}"

    def reflection(self):
        ask = reflection_pb2.ServerReflectionRequest
        questions = [ask(list_services=""), ask(file_containing_symbol="banyan.test.v1.Echo"), ask(file_by_filename="no/such.proto")]
        answers = list(self.method("grpc.reflection.v1alpha", "ServerReflection", "ServerReflectionInfo", "stream_stream",
                                   iter(questions), reflection_pb2.ServerReflectionResponse))
        names = ",".join(s.name for s in answers[0].list_services_response.service)
        return f"{names} {len(answers[1].file_descriptor_response.file_descriptor_proto)} {answers[2].error_response.error_code}"


def call(address):
    scenarios = Scenarios(address)
    for name in ["say", "big", "gzip", "repeat", "collect", "chat", "cancel", "fail", "missing", "unknown", "deadline", "metadata",
                 "bigmetadata", "details", "toolarge", "health", "reflection"]:
        try:
            outcome = getattr(scenarios, name)()
        except Exception as error:  # the test shows it
            outcome = f"threw {error!r}"
        print(json.dumps({"name": name, "outcome": outcome}), flush=True)
    scenarios.channel.close()
    # Not by way of the interpreter's end: the library's threads that are still at work can wait for it for ever, and it for them.
    os._exit(0)


if sys.argv[1] == "serve":
    serve()
else:
    call(sys.argv[2])
