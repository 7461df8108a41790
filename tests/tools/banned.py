#!/usr/bin/env python3
"""The banned-function check, and a report of what has grown too long.

usage: banned.py [--strict] [SRC]

Fails on functions that have no bound or hold up the loop, and on exit() outside command/ and
main.c. Files of more than 400 lines and functions of more than 60 are reported; with --strict they
fail as well.
"""
import pathlib
import re
import sys

BANNED = {
    "strcpy": "use mem_string or buf_puts",
    "strcat": "use buf_puts",
    "strncpy": "use mem_string_n, or snprintf into an array",
    "sprintf": "use snprintf or buf_printf",
    "vsprintf": "use vsnprintf or buf_vprintf",
    "gets": "it has no bound",
    "strtok": "it changes its argument and is not reentrant",
    "atoi": "it cannot fail; use strtol with a check",
    "alloca": "the stack has no bound",
    "system": "use process_spawn",
    "sleep": "nothing may hold up the loop; use a timer",
    "usleep": "nothing may hold up the loop; use a timer",
}
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60

CALL = re.compile(r"(?<![\w.>])(%s)\s*\(" % "|".join(BANNED))
EXIT = re.compile(r"(?<![\w.>])exit\s*\(")
# Comments, strings and character constants, in the order in which the compiler sees them.
NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def code_only(text):
    """text with comments and literals blanked, every line where it was."""
    return NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def faults_of(source, text):
    """source: path relative to src/. Yields (line, message)."""
    may_exit = source == "main.c" or source.startswith("command/")
    for number, line in enumerate(code_only(text).splitlines(), 1):
        for match in CALL.finditer(line):
            yield number, f"{match.group(1)}() is banned: {BANNED[match.group(1)]}"
        if not may_exit and EXIT.search(line):
            yield number, "exit() is for command/ and main.c: return an error"


def lengths_of(text):
    """Yields (line, message) for what is too long. A function's body is what stands between two
    braces in the first column, as .clang-format lays it out."""
    lines = code_only(text).splitlines()
    if len(lines) > FILE_LINES_MAX:
        yield 1, f"{len(lines)} lines; files stay under {FILE_LINES_MAX}"
    begin = None
    for number, line in enumerate(lines, 1):
        if line.startswith("{"):
            begin = number
        elif line.startswith("}") and begin is not None:
            if number - begin + 1 > FUNCTION_LINES_MAX:
                yield begin, (
                    f"a function of {number - begin + 1} lines; they stay under "
                    f"{FUNCTION_LINES_MAX}"
                )
            begin = None


def main(arguments):
    strict = "--strict" in arguments
    arguments = [argument for argument in arguments if argument != "--strict"]
    src = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).parents[2] / "src"
    files = sorted(path for path in src.rglob("*") if path.suffix in {".c", ".h", ".cc"})
    if not files:
        print(f"banned.py: no sources below {src}", file=sys.stderr)
        return 2
    faults = long = 0
    for path in files:
        source, text = path.relative_to(src).as_posix(), path.read_text()
        for number, message in faults_of(source, text):
            print(f"src/{source}:{number}: {message}")
            faults += 1
        for number, message in lengths_of(text):
            print(f"src/{source}:{number}: {'' if strict else 'note: '}{message}")
            long += 1
    print(f"banned: {len(files)} files, {faults} faults, {long} too long")
    return 1 if faults or (strict and long) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
