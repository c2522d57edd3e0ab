"""A client of PricingService in a second language, with stubs made from nothing but the .proto files.

Runs all four kinds of call and reads google.rpc error details. Usage: client.py PROTOS_FOLDER HOST:PORT [TLS_FOLDER]
With TLS_FOLDER, in which are ca.crt, tls.crt and tls.key, it is who that certificate says.
Prints what it saw of each check, then `N passed, N failed`; exits 1 where one failed.
"""

import queue
import sys
import tempfile
import traceback
import uuid
from pathlib import Path

import grpc
import grpc_tools.protoc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

PROTOS, ADDRESS, *TLS_FOLDERS = sys.argv[1:]
LARGEST_ID = 2**63 - 1
TIMEOUT = 10  # seconds


def make_stubs():
    """Generates the Python code of the protos into a temporary folder and imports it."""
    with tempfile.TemporaryDirectory() as folder:
        protos = [str(path) for path in Path(PROTOS).glob("*.proto")]
        options = [f"--proto_path={PROTOS}", f"--python_out={folder}", f"--grpc_python_out={folder}"]
        if grpc_tools.protoc.main(["protoc", *options, *protos]) != 0:
            sys.exit(f"protoc could not make stubs from {PROTOS}")
        sys.path.insert(0, folder)
        import common_pb2
        import pricing_pb2
        import pricing_pb2_grpc

        return common_pb2, pricing_pb2, pricing_pb2_grpc


common, pb, pb_grpc = make_stubs()


def money(minor_units, currency="INR"):
    return common.Money(minor_units=minor_units, currency=currency)


def price_minor(stub, product_id):
    """The base price of a product in paise."""
    price = stub.GetPrice(pb.PriceRequest(product_id=product_id), timeout=TIMEOUT)
    return round(price.base_price * 100)


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


def failure(call):
    """The error that a call ends with."""
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call was to fail")


def unary_get_price(stub):
    request = pb.PriceRequest(product_id=1, currency="USD", customer_segment="vip")
    price = stub.GetPrice(request, timeout=TIMEOUT)
    equal((price.product_id, price.currency), (1, "USD"))
    assert 0 < price.discounted_price < price.base_price, price
    return f"product 1 costs {price.base_price} {price.currency}, for a vip {price.discounted_price}"


def unary_get_prices_batch(stub):
    ids = [*range(47, 0, -1), LARGEST_ID]
    requests = [pb.PriceRequest(product_id=id) for id in ids]
    batch = stub.GetPricesBatch(pb.BatchPriceRequest(requests=requests), timeout=TIMEOUT)
    equal([price.product_id for price in batch.prices], ids[:47])
    equal(
        [(error.index, error.product_id, error.code) for error in batch.errors],
        [(47, LARGEST_ID, grpc.StatusCode.NOT_FOUND.value[0])],
    )
    return f"{len(batch.prices)} prices in order, and: {batch.errors[0].message}"


def server_streaming_watch_price(stub):
    product_id = 9001
    watch = stub.WatchPrice(pb.PriceRequest(product_id=product_id), timeout=TIMEOUT)
    snapshot = next(watch)
    equal(snapshot.reason, "snapshot")
    new_price = round(snapshot.base_price * 100) + 100
    write = pb.SetPriceRequest(
        request_id=str(uuid.uuid4()), product_id=product_id, price=money(new_price)
    )
    stored = stub.SetPrice(write, timeout=TIMEOUT)
    change = next(watch)
    equal((change.reason, change.sequence), ("price_changed", stored.sequence))
    equal(round(change.new_price * 100), new_price)
    assert change.sequence > snapshot.sequence, (snapshot, change)
    equal(stub.SetPrice(write, timeout=TIMEOUT), stored)

    watch.cancel()
    equal(failure(lambda: next(watch)).code(), grpc.StatusCode.CANCELLED)
    return f"snapshot {snapshot.new_price}, then {change.reason} {change.new_price}; left by CANCELLED"


def client_streaming_import_prices(stub):
    lines = [
        pb.PriceLine(line=line, product_id=8000 + line, price=money(100_000 + line))
        for line in range(1, 301)
    ]
    lines[149].price.minor_units = -1
    request_id = str(uuid.uuid4())
    chunks = (
        pb.ImportPricesRequest(request_id=request_id, lines=lines[start : start + 100])
        for start in range(0, 300, 100)
    )
    summary = stub.ImportPrices(chunks, timeout=TIMEOUT).summary
    equal((summary.received, summary.stored, summary.failed), (300, 299, 1))
    equal([error.line for error in summary.errors], [150])
    equal(price_minor(stub, 8300), 100_300)
    return f"{summary.stored} of {summary.received} stored; line 150: {summary.errors[0].message}"


def bidirectional_quote_cart(stub):
    changes = queue.SimpleQueue()
    quotes = stub.QuoteCart(iter(changes.get, None), timeout=TIMEOUT)

    def change(**fields):
        changes.put(pb.QuoteCartRequest(**fields))
        return next(quotes)

    two = change(product_id=1, quantity=2)
    equal((two.reason, two.total), ("changed", money(2 * price_minor(stub, 1))))
    three = change(product_id=2, quantity=1)
    equal([line.product_id for line in three.lines], [1, 2])
    refused = change(product_id=LARGEST_ID, quantity=1)
    equal((refused.reason, refused.error.code), ("refused", grpc.StatusCode.NOT_FOUND.value[0]))
    equal(refused.total, three.total)
    changes.put(None)
    equal(list(quotes), [])
    equal(quotes.code(), grpc.StatusCode.OK)
    return f"two of product 1 for {two.total.minor_units} paise; refused: {refused.error.message}"


def error_details(stub):
    error = failure(lambda: stub.GetPrice(pb.PriceRequest(product_id=0), timeout=TIMEOUT))
    equal(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
    status = rpc_status.from_call(error)
    assert status, "the error carries no google.rpc.Status"
    equal((status.code, status.message), (grpc.StatusCode.INVALID_ARGUMENT.value[0], error.details()))
    bad_request = error_details_pb2.BadRequest()
    assert status.details[0].Unpack(bad_request), status.details
    equal([violation.field for violation in bad_request.field_violations], ["product_id"])
    violation = bad_request.field_violations[0]
    assert violation.description, violation
    return f"{error.code().name}, BadRequest of {violation.field}: {violation.description}"


def open_channel():
    """A channel in plaintext, or with mutual TLS where there is a folder for it."""
    if not TLS_FOLDERS:
        return grpc.insecure_channel(ADDRESS)
    ca, key, certificate = (Path(TLS_FOLDERS[0], name).read_bytes() for name in ("ca.crt", "tls.key", "tls.crt"))
    return grpc.secure_channel(ADDRESS, grpc.ssl_channel_credentials(ca, key, certificate))


CHECKS = [
    unary_get_price,
    unary_get_prices_batch,
    server_streaming_watch_price,
    client_streaming_import_prices,
    bidirectional_quote_cart,
    error_details,
]


def main():
    failed = 0
    with open_channel() as channel:
        stub = pb_grpc.PricingServiceStub(channel)
        for check in CHECKS:
            try:
                print(f"{check.__name__}: {check(stub)}", flush=True)
            except Exception:
                failed += 1
                print(f"{check.__name__}: FAILED\n{traceback.format_exc()}", flush=True)
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
