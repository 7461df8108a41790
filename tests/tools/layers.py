#!/usr/bin/env python3
"""The layer check: reads the #include lines of src/ and fails on an arrow that points up.

usage: layers.py [SRC]

Three rules (docs/architecture.md):
  1. a room includes itself and rooms of the layers below it;
  2. system headers stay in platform/, apart from those of the C standard;
  3. a third-party header is included by the one file that wraps it.
"""
import pathlib
import re
import sys

# From the bottom up. Rooms of one layer do not know each other, but for SIDEWAYS.
LAYERS = [
    ["base"],
    ["platform"],
    ["config", "http"],
    ["build", "watch", "run"],
    ["compat", "observe", "control", "measure"],
    ["browser"],
    ["engine"],
    ["command"],
]
SIDEWAYS = {("watch", "build"), ("run", "build"), ("control", "observe")}

# signal.h, setjmp.h and threads.h are of the standard too, but what they do belongs into platform/.
STANDARD = {
    "assert.h", "ctype.h", "errno.h", "float.h", "inttypes.h", "iso646.h", "limits.h", "locale.h",
    "math.h", "stdalign.h", "stdarg.h", "stdatomic.h", "stdbool.h", "stddef.h", "stdint.h",
    "stdio.h", "stdlib.h", "stdnoreturn.h", "string.h", "time.h", "uchar.h", "wchar.h", "wctype.h",
}  # fmt: skip

# header (regular expression) -> the file that wraps it
WRAPPED = [
    (r"uv(/.*)?\.h|uv\.h", "platform/loop.c"),
    (r"toml\+\+/.*", "config/toml.cc"),
    (r"jansson\.h", "base/json.c"),
    (r"pcre2.*\.h", "base/regex.c"),
    (r"xxh.*\.h", "base/digest.c"),
    (r"openssl/.*", "http/openssl.h"),
    (r"zlib\.h", "http/coding_gzip.c"),
    (r"brotli/.*", "http/coding_br.c"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}


def room_of(path):
    return path.split("/", 1)[0] if "/" in path else None


def check_own(source, header):
    """An include in quotes: a file of src/."""
    room, target = room_of(source), room_of(header)
    if target is None:
        return f'"{header}" is written without its room; write "room/{header}"'
    if target not in RANK:
        return f'"{header}" belongs to no room of the layer table in tests/tools/layers.py'
    if room is None or room == target:  # main.c stands above all rooms
        return None
    if RANK[room] > RANK[target] or (room, target) in SIDEWAYS:
        return None
    return f'"{header}" is an arrow that points up: {room}/ may not know {target}/'


def check_system(source, header):
    """An include in angle brackets."""
    for pattern, wrapper in WRAPPED:
        if re.fullmatch(pattern, header):
            if source == wrapper:
                return None
            return f"<{header}> may be included by {wrapper} only"
    if header in STANDARD or room_of(source) == "platform":
        return None
    if source.endswith(".cc") and "." not in header and "/" not in header:  # C++'s own
        return None
    return f"<{header}> is a system header; those belong into platform/"


def check_file(source, text):
    """source: path relative to src/. Yields (line, message)."""
    room = room_of(source)
    if room is not None and room not in RANK:
        yield 1, f"{room}/ is no room of the layer table in tests/tools/layers.py"
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match is None:
            continue
        own, system = match.groups()
        message = check_own(source, own) if own else check_system(source, system)
        if message:
            yield number, message


def main(arguments):
    src = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).parents[2] / "src"
    files = sorted(path for path in src.rglob("*") if path.suffix in {".c", ".h", ".cc"})
    if not files:
        print(f"layers.py: no sources below {src}", file=sys.stderr)
        return 2
    faults = 0
    for path in files:
        source = path.relative_to(src).as_posix()
        for number, message in check_file(source, path.read_text()):
            print(f"src/{source}:{number}: {message}")
            faults += 1
    print(f"layers: {len(files)} files, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
