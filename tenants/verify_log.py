"""Checks an access log of Roder with nothing but Python itself: no word of ours has to be believed.

    python verify_log.py log.jsonl anchor.json …            the log against its anchors
    python verify_log.py --proof proof.json anchor.json …   one entry against them

log.jsonl is the exported log; the anchors come from the locked bucket or the registrar's mails.
Ends with 0 when all is whole, else with 1 and a line for each fault.
"""

import base64
import json
import sys
from hashlib import sha256


def digest_of(entry):
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).digest()


def node(left, right):  # of the tree of RFC 6962
    return sha256(b"\1" + left + right).digest()


def grow(peaks, height, found):
    while peaks and peaks[-1][0] == height:
        found, height = node(peaks.pop()[1], found), height + 1
    peaks.append((height, found))


def root_of(peaks):
    root = peaks[-1][1]
    for _height, found in reversed(peaks[:-1]):
        root = node(found, root)
    return root


def check_log(lines, anchors):
    """The faults of a log, one sentence each."""
    head = json.loads(lines[0])
    tenant, seq, last = head["tenant_id"], head["seq"], bytes.fromhex(head["hash"])
    if seq == 0 and last != sha256(f"roder access log {tenant}".encode()).digest():
        yield "The log does not begin where a log of this municipality begins."
    peaks, wanted = [], {}
    for block in head["blocks"]:  # of 1,024 entries each, that were disposed of
        grow(peaks, 10, bytes.fromhex(block))
    for anchor in anchors:
        if anchor["tenant_id"] != tenant:
            yield f"The anchor of {anchor['at']} is another municipality's."
        else:
            wanted.setdefault(anchor["seq"], []).append(anchor)
    for line in lines[1:]:
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
        for anchor in wanted.pop(seq, ()):
            if (anchor["hash"], anchor["root"]) != (row["hash"], root_of(peaks).hex()):
                yield f"The log up to entry {seq} is not the one anchored {anchor['at']}."
    for missing in sorted(size for size in wanted if size > seq):
        yield f"The log ends with entry {seq}; it had {missing} on {wanted[missing][0]['at']}."


def check_proof(proof, anchors):
    """The faults of a proof that an entry is in an anchored log (RFC 9162, section 2.1.3.2)."""
    entry, size = proof["entry"], proof["size"]
    path = base64.b64decode(proof["path"])
    index, end = entry["seq"] - 1, size - 1
    found = sha256(b"\0" + digest_of(entry)).digest()
    for step in (path[at : at + 32] for at in range(0, len(path), 32)):
        if index & 1 or index == end:
            found = node(step, found)
            while index and not index & 1:
                index, end = index >> 1, end >> 1
        else:
            found = node(found, step)
        index, end = index >> 1, end >> 1
    known = [(a["tenant_id"], a["seq"], a["root"]) for a in anchors]
    if end or (entry["tenant_id"], size, found.hex()) not in known:
        yield f"Entry {entry['seq']} is not proven by any of the {len(known)} anchors."


def main(arguments):
    single = arguments[0] == "--proof"
    named, *rest = arguments[1:] if single else arguments
    anchors = [json.load(open(name, encoding="utf-8")) for name in rest]
    lines = open(named, encoding="utf-8").readlines()
    faults = [
        *(check_proof(json.loads(lines[0]), anchors) if single else check_log(lines, anchors))
    ]
    print("\n".join(faults) or f"Whole, and as {len(anchors)} anchors say.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
