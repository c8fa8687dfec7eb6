"""Checks an access log of Roder with nothing but Python itself: no word of ours has to be believed.

    python verify_log.py log.jsonl anchor.json …            the log against its anchors
    python verify_log.py --proof proof.json anchor.json …   one entry against them

log.jsonl is the exported log; the anchors come from the locked bucket or the registrar's mails.
Ends with 0 when all is whole, else with 1 and a line for each fault.
"""

import base64
import json
import sys
from collections.abc import Iterator
from functools import reduce
from hashlib import sha256
from pathlib import Path
from typing import Any


def digest_of(entry: dict[str, Any]) -> bytes:
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).digest()


def node(left: bytes, right: bytes) -> bytes:  # of the tree of RFC 6962
    return sha256(b"\1" + left + right).digest()


def grow(peaks: list[tuple[int, bytes]], height: int, found: bytes) -> None:
    while peaks and peaks[-1][0] == height:
        found, height = node(peaks.pop()[1], found), height + 1
    peaks.append((height, found))


def root_of(peaks: list[tuple[int, bytes]]) -> bytes:
    return reduce(lambda root, peak: node(peak[1], root), peaks[-2::-1], peaks[-1][1])


def check_log(lines: Iterator[str], anchors: list[dict[str, Any]]) -> Iterator[str]:
    head = json.loads(next(lines))
    tenant, seq, last = head["tenant_id"], head["seq"], bytes.fromhex(head["hash"])
    if seq == 0 and last != sha256(f"roder access log {tenant}".encode()).digest():
        yield "The log does not begin where a log of this municipality begins."
    peaks: list[tuple[int, bytes]] = []
    for block in head["blocks"]:  # of 1,024 entries each, that were disposed of
        grow(peaks, 10, bytes.fromhex(block))
    wanted = sorted((a for a in anchors if a["seq"] > seq), key=lambda a: -a["seq"])
    for line in lines:
        row = json.loads(line)
        entry, seq = row["entry"], seq + 1
        if entry["tenant_id"] != tenant:
            yield f"Entry {seq} is another municipality's."
        if entry["seq"] != seq:
            yield f"Where entry {seq} should be stands entry {entry['seq']}."
        digest = digest_of(entry)
        if sha256(last + digest).hexdigest() != row["hash"]:
            yield f"Entry {seq} is not as it was written, or not after the one it followed."
        last = bytes.fromhex(row["hash"])
        grow(peaks, 0, sha256(b"\0" + digest).digest())
        while wanted and wanted[-1]["seq"] == seq:
            anchor = wanted.pop()
            found = {"tenant_id": tenant, "hash": row["hash"], "root": root_of(peaks).hex()}
            if not found.items() <= anchor.items():
                yield f"The log up to entry {seq} is not the one anchored {anchor['at']}."
    for anchor in wanted:
        yield f"The log ends with entry {seq}; it had {anchor['seq']} on {anchor['at']}."


def check_proof(proof: dict[str, Any], anchors: list[dict[str, Any]]) -> Iterator[str]:
    """That an entry is in an anchored log: RFC 9162, section 2.1.3.2."""
    entry, path = proof["entry"], base64.b64decode(proof["path"])
    index, end = entry["seq"] - 1, proof["size"] - 1
    found = sha256(b"\0" + digest_of(entry)).digest()
    for step in (path[at : at + 32] for at in range(0, len(path), 32)):
        if index & 1 or index == end:
            found = node(step, found)
            while index and not index & 1:
                index, end = index >> 1, end >> 1
        else:
            found = node(found, step)
        index, end = index >> 1, end >> 1
    known = [(anchor["tenant_id"], anchor["seq"], anchor["root"]) for anchor in anchors]
    if end or (entry["tenant_id"], proof["size"], found.hex()) not in known:
        yield f"Entry {entry['seq']} is not proven by any of the {len(known)} anchors."


def main(arguments: list[str]) -> int:
    named, *kept = (Path(name) for name in arguments if name != "--proof")
    anchors = [json.loads(path.read_bytes()) for path in kept]
    if arguments[0] == "--proof":
        faults = list(check_proof(json.loads(named.read_bytes()), anchors))
    else:
        with named.open(encoding="utf-8", newline="\n") as lines:
            faults = list(check_log(lines, anchors))
    sys.stdout.write("\n".join(faults or [f"Whole, and as {len(anchors)} anchors say."]) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
