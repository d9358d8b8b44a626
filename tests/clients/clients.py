#!/usr/bin/env python3
"""Asks the running pair what users ask it, with grpcurl, with buf curl (gRPC and gRPC-Web) and with a generated client.

    clients.py QUERY_ADDRESS EXTRACTOR_ADDRESS

Needs grpcurl and buf on the path, and grpcio-tools. Submits the seed documents first. Prints `ok NAME` a check, and at the
end how many passed and failed; exits 1 where one failed.
"""
import importlib
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
QUERY, EXTRACTOR = sys.argv[1:3]
SERVICE = "fineprint.v1.EventQueryService"
SECONDS_MAX = 60
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX, cwd=ROOT)
    return done.returncode, done.stdout, done.stderr


def messages(text):
    """Every JSON value of a text that holds one after another."""
    decoder, at, out = json.JSONDecoder(), 0, []
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        out.append(value)
    return out


def grpcurl(address, method, request):
    code, out, error = run("grpcurl", "-plaintext", "-d", json.dumps(request), address, method)
    assert code == 0, f"grpcurl {method} ended with {code}: {error}"
    return messages(out)


def events(stream):
    return [m["event"] for m in stream if "event" in m]


def all_events():
    stream = grpcurl(QUERY, f"{SERVICE}/StreamEvents", {})
    assert "started" in stream[0] and stream[-1]["end"]["reason"] == "END_REASON_HEAD", stream[-1]
    return events(stream)


def roubles(event):
    return sum(int(m.get("units", 0)) for m in event.get("amounts", []) if m["currencyCode"] == "RUB")


BIG_FINES = "type = FINE AND amount.RUB >= 1000000"


def big_fines():
    return sorted(e["eventId"] for e in all_events() if e["type"] == "EVENT_TYPE_FINE" and roubles(e) >= 1_000_000)


def submit(text, name):
    request = {"document": {"documentId": name, "text": text, "published": {"year": 2022, "month": 6, "day": 17}}}
    return grpcurl(EXTRACTOR, "fineprint.v1.ExtractorService/SubmitDocuments", request)


def seed_documents(pb):
    for path in sorted((ROOT / "seeds").iterdir()):
        if path.name == "README.md":
            continue
        if path.suffix in (".txt", ".md"):
            yield pb.InputDocument(document_id=path.stem, text=path.read_text())
        elif path.suffix == ".html":
            yield pb.InputDocument(document_id=path.stem, html=path.read_bytes())
        elif path.suffix == ".jsonl":
            for line in path.read_text().splitlines():
                told = json.loads(line)
                document = pb.InputDocument(document_id=told["id"], title=told["title"], text=told["text"], uri=told["url"], publisher=told["publisher"])
                document.published.year, document.published.month, document.published.day = map(int, told["published"].split("-"))
                yield document


@check
def a_generated_client_submits_the_seed_documents():
    import grpc
    pb = generated()["extractor_pb2"]
    stub = generated()["extractor_pb2_grpc"].ExtractorServiceStub(grpc.insecure_channel(EXTRACTOR))
    documents = list(seed_documents(pb))
    answers = list(stub.SubmitDocuments((pb.SubmitDocumentsRequest(document=d) for d in documents), timeout=SECONDS_MAX))
    assert [a.document_id for a in answers] == [d.document_id for d in documents], "one answer a document, in order"
    assert not any(a.HasField("error") for a in answers), answers
    assert sum(a.published_count for a in answers) == sum(len(a.events) for a in answers) >= 50, answers


@check
def grpcurl_lists_the_services():
    code, out, error = run("grpcurl", "-plaintext", QUERY, "list")
    names = set(out.split())
    assert code == 0 and {SERVICE, "fineprint.v1.EventIngestService", "grpc.health.v1.Health"} <= names, out + error
    assert any(name.startswith("grpc.reflection.") for name in names), names
    code, out, error = run("grpcurl", "-plaintext", EXTRACTOR, "list")
    assert code == 0 and "fineprint.v1.ExtractorService" in out.split(), out + error


@check
def grpcurl_describes_every_method():
    _, out, _ = run("grpcurl", "-plaintext", QUERY, "describe", SERVICE)
    for method in ("StreamEvents", "ListEvents", "GetEvent", "CountEvents", "FacetEvents", "GetStatus", "GetFilterSchema", "ValidateFilter"):
        assert f"rpc {method} (" in out, out


@check
def each_service_tells_its_health():
    for address, service in ((QUERY, SERVICE), (QUERY, "fineprint.v1.EventIngestService"), (EXTRACTOR, "fineprint.v1.ExtractorService")):
        answer = grpcurl(address, "grpc.health.v1.Health/Check", {"service": service})
        assert answer == [{"status": "SERVING"}], (service, answer)


@check
def the_log_has_no_gaps_and_no_repeats():
    found = all_events()
    assert len(found) >= 50, len(found)
    assert [int(e["sequence"]) for e in found] == list(range(1, len(found) + 1))
    assert len({e["eventId"] for e in found}) == len(found)


@check
def a_filter_streams_exactly_the_right_events():
    stream = grpcurl(QUERY, f"{SERVICE}/StreamEvents", {"filter": BIG_FINES})
    assert stream[-1]["end"]["reason"] == "END_REASON_HEAD", stream[-1]
    found = events(stream)
    assert sorted(e["eventId"] for e in found) == big_fines()
    # The answers beside the seed documents name the same parties and sums.
    told = {(e["document"]["documentId"], roubles(e), p["entity"]["name"]) for e in found for p in e["participants"] if p["role"] == "ROLE_TARGET"}
    wanted = []
    for path in sorted((ROOT / "seeds").glob("*.json")):
        gold = json.loads(path.read_text())
        wanted += [(gold["doc"], e["amount"]["value"], set("|".join(e["target"]).split("|"))) for e in gold["events"] if e["types"][0] == "FINE"
                   and not e["optional"] and e["amount"] and e["amount"]["currency"] == "RUB" and e["amount"]["value"] >= 1_000_000]
    for document, value, names in wanted:
        assert any((document, value, name) in told for name in names), f"no fine of {value} roubles on {names} in {document}: {told}"
    seeds = {path.stem for path in (ROOT / "seeds").glob("*.json")}
    for document, value, name in told:
        assert document not in seeds or any((document, value) == w[:2] and name in w[2] for w in wanted), f"not in the answers: {document} {value} {name}"


@check
def a_wrong_field_is_pointed_at():
    code, _, error = run("grpcurl", "-plaintext", "-d", json.dumps({"filter": 'type = FINE AND targt:"Google"'}), QUERY, f"{SERVICE}/StreamEvents")
    assert code != 0 and "InvalidArgument" in error, error
    assert "targt" in error and "target" in error.replace("targt", ""), error
    assert "16" in error, f"the position is not told: {error}"
    assert "INVALID_FILTER" in error, error


@check
def a_followed_stream_shows_what_is_submitted_meanwhile():
    request = json.dumps({"follow": True, "fromNow": True, "limit": 1, "filter": 'type = FINE AND target:"Threema"'})
    stream = subprocess.Popen(["grpcurl", "-plaintext", "-d", request, QUERY, f"{SERVICE}/StreamEvents"], stdout=subprocess.PIPE, text=True)
    try:
        head = ""
        while '"started"' not in head:
            line = stream.stdout.readline()
            assert line, f"the stream ended early: {head}"
            head += line
        answer = submit("A court in Moscow fined Threema 800,000 roubles on Thursday.", "followed")
        assert answer[0].get("publishedCount", 0) >= 1, answer
        rest = stream.stdout.read()
    finally:
        stream.kill()
    told = messages(head + rest)
    assert len(events(told)) == 1 and roubles(events(told)[0]) == 800_000, told
    assert told[-1]["end"]["reason"] == "END_REASON_LIMIT", told[-1]


@check
def a_token_resumes_without_loss_or_repeat():
    everything = [e["eventId"] for e in all_events()]
    stream = grpcurl(QUERY, f"{SERVICE}/StreamEvents", {"limit": "7"})
    assert stream[-1]["end"]["reason"] == "END_REASON_LIMIT"
    rest = grpcurl(QUERY, f"{SERVICE}/StreamEvents", {"afterToken": stream[-1]["resumeToken"]})
    assert [e["eventId"] for e in events(stream) + events(rest)] == everything


@check
def pages_hold_the_same_events_as_the_stream():
    listed, token = [], ""
    while True:
        page = grpcurl(QUERY, f"{SERVICE}/ListEvents", {"pageSize": 10, "pageToken": token})[0]
        listed += [e["eventId"] for e in page.get("events", [])]
        token = page.get("nextPageToken", "")
        if not token:
            break
    assert listed == [e["eventId"] for e in all_events()]
    count = grpcurl(QUERY, f"{SERVICE}/CountEvents", {"filter": BIG_FINES})[0]
    assert int(count["count"]) == len(big_fines()), count


def facet(request):
    answer = grpcurl(QUERY, f"{SERVICE}/FacetEvents", request)[0]
    return {v["value"]: int(v["count"]) for v in answer.get("values", [])}, answer


def counted(values):
    """What a facet must tell: how many events have each value; an event counts for each of its values once."""
    out = {}
    for value in values:
        for one in set(value):
            out[one] = out.get(one, 0) + 1
    return out


@check
def facets_count_by_value_month_and_currency():
    found = all_events()
    many = {"valueCount": 1000}
    types, answer = facet({"field": "type", **many})
    assert types == counted([e["type"].removeprefix("EVENT_TYPE_")] for e in found), types
    assert list(types.values()) == sorted(types.values(), reverse=True), "most frequent first"
    assert int(answer["eventCount"]) == len(found) and "missingCount" not in answer, answer
    # One question of a filter, its answer cut short.
    fines = [e for e in found if e["type"] == "EVENT_TYPE_FINE"]
    countries = counted(e.get("countries", []) for e in fines)
    top, answer = facet({"filter": "type = FINE", "field": "country", "valueCount": 2})
    assert top == {c: countries[c] for c in sorted(countries, key=lambda c: (-countries[c], c))[:2]}, (top, countries)
    assert int(answer["distinctCount"]) == len(countries), answer
    assert int(answer.get("missingCount", 0)) == sum(not e.get("countries") for e in fines), answer
    # A histogram by month, in order of time; a year where no month is told.
    dates = [e.get("occurred", {}) for e in found]
    months = counted([f"{d['year']:04}" + (f"-{d['month']:02}" if "month" in d else "")] if "year" in d else [] for d in dates)
    told, answer = facet({"field": "occurred"})
    assert told == months and list(told) == sorted(told), (told, months)
    assert int(answer.get("missingCount", 0)) == sum("year" not in d for d in dates), answer
    # Sums by currency.
    sums = {}
    for event in found:
        for amount in {(m["currencyCode"], int(m.get("units", 0)), m.get("nanos", 0)) for m in event.get("amounts", [])}:
            count, total = sums.get(amount[0], (0, 0))
            sums[amount[0]] = (count + 1, total + amount[1] * 10**9 + amount[2])
    told, answer = facet({"field": "amount", **many})
    assert told == {currency: count for currency, (count, _) in sums.items()}, (told, sums)
    for value in answer["values"]:
        total = int(value["sum"].get("units", 0)) * 10**9 + value["sum"].get("nanos", 0)
        assert value["sum"]["currencyCode"] == value["value"] and total == sums[value["value"]][1], (value, sums)


@check
def a_facet_of_a_text_is_refused():
    for field in ("quote", "nothing"):
        code, _, error = run("grpcurl", "-plaintext", "-d", json.dumps({"field": field}), QUERY, f"{SERVICE}/FacetEvents")
        assert code != 0 and "InvalidArgument" in error and "INVALID_FIELD" in error and field in error, error
    fields = grpcurl(QUERY, f"{SERVICE}/GetFilterSchema", {})[0]["fields"]
    facets = {f["path"] for f in fields if f.get("facet")}
    assert {"type", "country", "occurred", "amount", "target"} <= facets and "quote" not in facets, facets


def buf_curl(protocol, method, request, address=QUERY):
    flags = ["--http2-prior-knowledge"] if protocol == "grpc" else []
    return run("buf", "curl", "--schema", "proto", "--protocol", protocol, *flags, "-d", json.dumps(request), f"http://{address}/{method}")


@check
def buf_curl_streams_over_grpc_and_grpc_web():
    for protocol in ("grpc", "grpcweb"):
        code, out, error = buf_curl(protocol, f"{SERVICE}/StreamEvents", {"filter": BIG_FINES})
        assert code == 0, (protocol, error)
        told = messages(out)
        assert sorted(e["eventId"] for e in events(told)) == big_fines(), protocol
        assert "end" in told[-1], (protocol, told[-1])


@check
def buf_curl_reads_errors_over_grpc_and_grpc_web():
    for protocol in ("grpc", "grpcweb"):
        code, out, error = buf_curl(protocol, f"{SERVICE}/CountEvents", {"filter": "typ = FINE"})
        assert code != 0 and "invalid_argument" in (out + error), (protocol, out, error)


@check
def buf_curl_finds_the_schema_by_reflection():
    code, out, error = run("buf", "curl", "--http2-prior-knowledge", "--protocol", "grpc", "-d", "{}", f"http://{QUERY}/{SERVICE}/GetStatus")
    assert code == 0 and int(messages(out)[0]["headSequence"]) >= 50, out + error


def generated():
    """The modules that grpcio-tools makes of the proto files."""
    if not hasattr(generated, "modules"):
        from grpc_tools import protoc
        folder = tempfile.mkdtemp(prefix="fineprint-client-")
        include = str(pathlib.Path(protoc.__file__).parent / "_proto")
        files = sorted(str(p.relative_to(ROOT / "proto")) for p in (ROOT / "proto").rglob("*.proto"))
        arguments = ["protoc", f"-I{ROOT / 'proto'}", f"-I{include}", f"--python_out={folder}", f"--grpc_python_out={folder}", *files]
        assert protoc.main(arguments) == 0, "grpcio-tools cannot read the proto files"
        sys.path.insert(0, folder)
        names = ("event_pb2", "extractor_pb2", "ingest_pb2", "query_pb2", "extractor_pb2_grpc", "ingest_pb2_grpc", "query_pb2_grpc")
        generated.modules = {name: importlib.import_module(f"fineprint.v1.{name}") for name in names}
    return generated.modules


def python_client():
    import grpc
    modules = generated()
    return modules, modules["query_pb2_grpc"].EventQueryServiceStub(grpc.insecure_channel(QUERY))


@check
def a_generated_client_streams_and_gets_events():
    modules, stub = python_client()
    told = list(stub.StreamEvents(modules["query_pb2"].StreamEventsRequest(filter=BIG_FINES), timeout=SECONDS_MAX))
    assert [m.WhichOneof("body") for m in (told[0], told[-1])] == ["started", "end"], told
    ids = [m.event.event_id for m in told if m.WhichOneof("body") == "event"]
    assert sorted(ids) == big_fines()
    one = stub.GetEvent(modules["query_pb2"].GetEventRequest(event_id=ids[0]), timeout=SECONDS_MAX)
    assert one.event.event_id == ids[0] and one.event.evidence.quote
    schema = stub.GetFilterSchema(modules["query_pb2"].GetFilterSchemaRequest(), timeout=SECONDS_MAX)
    assert any(field.path == "type" for field in schema.fields) and schema.grammar


@check
def a_generated_client_reads_error_details():
    import grpc
    modules, stub = python_client()
    # google.rpc details travel in the trailer of this name.
    try:
        list(stub.StreamEvents(modules["query_pb2"].StreamEventsRequest(filter="type ="), timeout=SECONDS_MAX))
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, error
        details = dict(error.trailing_metadata()).get("grpc-status-details-bin", b"")
        assert b"google.rpc.ErrorInfo" in details and b"INVALID_FILTER" in details, details
    else:
        raise AssertionError("an unfinished filter was taken")


@check
def a_generated_client_extracts_and_submits():
    import grpc
    modules = generated()
    stub = modules["extractor_pb2_grpc"].ExtractorServiceStub(grpc.insecure_channel(EXTRACTOR))
    pb = modules["extractor_pb2"]
    text = "Canada's privacy watchdog opened an investigation into TikTok in February 2023. Turkey blocked Wikipedia in April 2017."
    read = stub.ExtractEvents(pb.ExtractEventsRequest(document=pb.InputDocument(document_id="python", text=text)), timeout=SECONDS_MAX)
    assert len(read.events) >= 2, read
    requests = (pb.SubmitDocumentsRequest(document=pb.InputDocument(document_id="python", text=text)) for _ in range(2))
    first, second = list(stub.SubmitDocuments(requests, timeout=SECONDS_MAX))
    assert (first.published_count, first.duplicate_count) == (len(read.events), 0), first
    assert (second.published_count, second.duplicate_count) == (0, len(read.events)), second


@check
def ingest_is_idempotent_and_tells_what_is_wrong():
    import grpc
    modules, stub = python_client()
    event = next(m.event for m in stub.StreamEvents(modules["query_pb2"].StreamEventsRequest(), timeout=SECONDS_MAX) if m.WhichOneof("body") == "event")
    bad = modules["event_pb2"].Event(event_id="short")
    ingest = modules["ingest_pb2_grpc"].EventIngestServiceStub(grpc.insecure_channel(QUERY))
    answer = ingest.IngestEventBatch(modules["ingest_pb2"].IngestEventBatchRequest(events=[event, bad]), timeout=SECONDS_MAX)
    outcomes = [modules["ingest_pb2"].IngestOutcome.Name(r.outcome) for r in answer.results]
    assert outcomes == ["INGEST_OUTCOME_DUPLICATE", "INGEST_OUTCOME_REFUSED"], answer
    assert answer.results[0].sequence == event.sequence and answer.results[1].error.message, answer


def main():
    failed = 0
    for function in CHECKS:
        try:
            function()
            print(f"ok {function.__name__}")
        except Exception as error:  # a failed check must not hide the next ones
            failed += 1
            print(f"FAILED {function.__name__}: {type(error).__name__}: {str(error)[:2000]}")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
