#!/usr/bin/env python3
"""Makes one C file of the pages' assets.

usage: embed.py OUTPUT ASSET...

A line "@@NAME@@" in a script is replaced by the asset of that name, with the line's indent, and so
is an "@@NAME@@" within a line, without one. Each asset's ETag is a digest of what came out.
"""
import hashlib
import pathlib
import re
import sys

TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
}


def expand(path):
    text = path.read_text()

    def whole_line(match):
        lines = (path.parent / match[2]).read_text().rstrip("\n").split("\n")
        return "\n".join(match[1] + line if line else "" for line in lines)

    text = re.sub(r"^([ ]*)@@([\w.]+)@@$", whole_line, text, flags=re.M)
    return re.sub(r"@@([\w.]+)@@", lambda match: (path.parent / match[1]).read_text(), text)


def c_array(name, data):
    rows = (", ".join(map(str, data[at : at + 24])) for at in range(0, len(data), 24))
    return f"static const unsigned char {name}[] = {{\n" + ",\n".join(rows) + "};\n"


def main(output, *assets):
    arrays, rows = [], []
    for asset in map(pathlib.Path, assets):
        data = expand(asset).encode()
        name = "asset_" + re.sub(r"\W", "_", asset.name)
        arrays.append(c_array(name, data))
        rows.append(
            f'    {{"{asset.name}", "{TYPES[asset.suffix]}", '
            f'"{hashlib.sha256(data).hexdigest()[:16]}", (const char *){name}, sizeof {name}}},\n'
        )
    pathlib.Path(output).write_text(
        '#include "browser/assets.h"\n\n' + "\n".join(arrays)
        + "\nconst struct asset ASSETS[] = {\n" + "".join(rows) + "};\n"
        + f"const size_t ASSETS_LEN = {len(rows)};\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
