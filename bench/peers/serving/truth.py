# SPDX-License-Identifier: Apache-2.0
"""What the mock server's log says was sent when, and how far a client's stamps are from it."""
import dataclasses
import json
import statistics


@dataclasses.dataclass
class Sent:
    """One complete reply: when its request was received, and just before each send call of an event with tokens."""
    request: int
    received_ns: int
    before_ns: list


@dataclasses.dataclass
class Stamped:
    """One reply as a client saw it: when it began, what the server calls it (where known), and its stamps. `at_ns` has a
    stamp for each event that the client counted; `places` says which event each is, where not all of them are there."""
    begun_ns: float
    at_ns: list
    places: list | None = None
    request: int | None = None


def read_log(lines, tokens: int) -> list:
    """The replies that ended well with `tokens` events with tokens, by when their requests were received."""
    received, sends, complete = {}, {}, set()
    for line in lines:
        entry = json.loads(line)
        number = entry["request"]
        if "received_ns" in entry:
            received[number] = entry["received_ns"]
        elif entry.get("tokens"):
            sends.setdefault(number, []).append(entry["before_ns"])
        elif entry.get("end") == "complete":
            complete.add(number)
    replies = [Sent(number, received[number], sends[number]) for number in complete if len(sends.get(number, [])) == tokens]
    return sorted(replies, key=lambda reply: reply.received_ns)


def at(values, share: float):
    """The value that `share` of the sorted values are below: one that was seen."""
    return values[min(int(share * len(values)), len(values) - 1)]


def quantiles(values) -> dict:
    """p50, p99 and the largest; empty where there is no value."""
    values = sorted(values)
    return {"p50": at(values, 0.5), "p99": at(values, 0.99), "max": values[-1]} if values else {}


def true_latencies(replies) -> dict:
    """TTFT and ITL in milliseconds as they left the server."""
    first = [(reply.before_ns[0] - reply.received_ns) / 1e6 for reply in replies]
    gaps = [(b - a) / 1e6 for reply in replies for a, b in zip(reply.before_ns, reply.before_ns[1:])]
    return {"ttft_ms": quantiles(first), "itl_ms": quantiles(gaps)}


def _differences(seen: Stamped, sent: Sent) -> list:
    """Stamps less sends. A client that counts one event more than have tokens counted the chunk with the role before
    them or the one that ends the reply after them: the alignment with the smaller spread is the true one."""
    if seen.places is not None:
        return [stamp - sent.before_ns[place] for stamp, place in zip(seen.at_ns, seen.places)]
    extra = len(seen.at_ns) - len(sent.before_ns)
    if not 0 <= extra <= 2:
        return []
    found = []
    for skipped in range(extra + 1):
        found.append([stamp - before for stamp, before in zip(seen.at_ns[skipped:], sent.before_ns)])
    return min(found, key=lambda errors: sum(abs(e - statistics.median(errors)) for e in errors))


# In what order the replies that carry no number are taken: each is one that a single-threaded client should keep.
ORDERS = ((lambda reply: reply.begun_ns, lambda reply: reply.received_ns),
          (lambda reply: reply.at_ns[0], lambda reply: reply.before_ns[0]),
          (lambda reply: reply.at_ns[-1], lambda reply: reply.before_ns[-1]))


def stamp_errors(seen: list, sent: list, relative: bool) -> list:
    """Milliseconds from just before each event's send call to the client's stamp of it. Replies are joined by the server's
    number where the client kept it; else by their order, of beginnings, first or last events, whichever makes the client's
    stamps look best. With `relative` stamps the earliest event is taken to have no error."""
    by_number = {reply.request: reply for reply in sent}
    if seen and all(reply.request is not None for reply in seen):
        errors = [error for reply in seen if reply.request in by_number
                  for error in _differences(reply, by_number[reply.request])]
    elif seen and len(seen) == len(sent):
        found = []
        for of_seen, of_sent in ORDERS:
            pairs = zip(sorted(seen, key=of_seen), sorted(sent, key=of_sent))
            found.append([error for reply, truth in pairs for error in _differences(reply, truth)])
        errors = min(found, key=lambda some: max(some) - min(some) if some else 0)
    else:
        return []
    zero = min(errors) if relative and errors else 0
    return [(error - zero) / 1e6 for error in errors]
