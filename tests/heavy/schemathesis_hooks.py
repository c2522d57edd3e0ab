"""Bodies of lines go as they are: text that the schema describes as a string."""

import schemathesis


@schemathesis.serializer("application/x-ndjson", "text/csv")
def lines(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
