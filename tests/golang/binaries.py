"""Two Go binaries side by side: equal byte for byte apart from the build ids?"""

import hashlib
import pathlib
import struct

IDS = (".note.go.buildid", ".note.gnu.build-id")
LINE_TABLES = (".gopclntab",)


def sections(data):
    """name -> (offset, size) of an ELF64 file."""
    offset, size, count, names = struct.unpack_from("<Q", data, 0x28)[0], *struct.unpack_from("<HHH", data, 0x3A)
    rows = [struct.unpack_from("<IIQQQQ", data, offset + i * size) for i in range(count)]
    text = rows[names][4]
    found = {}
    for name, kind, _, _, at, length in rows:
        end = data.index(b"\0", text + name)
        found[data[text + name : end].decode()] = (at, 0 if kind == 8 else length)
    return found


def build_id(data):
    at, size = sections(data)[".note.go.buildid"]
    name_len, id_len = struct.unpack_from("<II", data, at)
    begin = at + 12 + (name_len + 3) // 4 * 4
    return data[begin : begin + id_len]


def without_ids(path):
    data = bytearray(pathlib.Path(path).read_bytes())
    own = bytes(build_id(data))
    at = data.find(own)
    while at >= 0:
        data[at : at + len(own)] = b"\0" * len(own)
        at = data.find(own)
    for name in IDS:
        if name in sections(data):
            at, size = sections(data)[name]
            data[at : at + size] = b"\0" * size
    return bytes(data)


def difference(one, other):
    """None where they are equal; else a sentence."""
    a, b = without_ids(one), without_ids(other)
    if a == b:
        return None
    in_a, in_b = sections(a), sections(b)
    names = [n for n in in_a if n in in_b and part(a, in_a[n]) != part(b, in_b[n])]
    return f"{len(a)} and {len(b)} bytes; other content in {', '.join(names) or 'no section'}"


def part(data, place):
    return hashlib.sha256(data[place[0] : place[0] + place[1]]).digest()


def quick_difference(quick, exact):
    """As difference(), but line tables may be others. Where their sizes differ, addresses behind them move, and only the
    sections' sizes are compared."""
    a, b = without_ids(quick), without_ids(exact)
    in_a, in_b = sections(a), sections(b)
    if set(in_a) != set(in_b):
        return "other sections"
    moved = any(in_a[n][1] != in_b[n][1] for n in LINE_TABLES)
    for name in in_a:
        if name in LINE_TABLES or name == "":
            continue
        if in_a[name][1] != in_b[name][1]:
            return f"{name} has another size"
        if not moved and part(a, in_a[name]) != part(b, in_b[name]):
            return f"{name} has other content"
    return None
