"""Edits of a Go module that somebody wrote: a copy of it, its functions found by their first lines.

Each edit is made in the file as it was written, so that files come back to what they were when they are edited again. What
does not build is put back by undo().
"""

import pathlib
import random
import re
import shutil
import subprocess

FUNCTION = re.compile(r"^func (?:\([^)]*\) )?\w+\((.*?)\).*\{$", re.MULTILINE)

WEIGHTS = {"body": 8, "line_inserted": 8, "signature": 4, "comment_at_end": 2, "comment_line": 3, "spaces": 1}


class Tree:
    def __init__(self, origin, root, package, seed):
        self.root, self.rng = pathlib.Path(root), random.Random(seed)
        shutil.copytree(origin, self.root, dirs_exist_ok=True)
        listed = subprocess.run(
            ["go", "list", "-deps", "-f", "{{if not .Standard}}{{range .GoFiles}}{{$.Dir}}/{{.}}\n{{end}}{{end}}", package],
            cwd=self.root, capture_output=True, text=True, check=True,
        )  # fmt: skip
        files = [pathlib.Path(line) for line in listed.stdout.split() if line.startswith(str(self.root) + "/")]
        self.origin = {path: path.read_text() for path in files}
        self.files = [path for path, text in self.origin.items() if FUNCTION.search(text)]
        self.now, self.before = dict(self.origin), {}

    def write(self):
        """Writes what differs; the absolute paths of it."""
        changed = [path for path in self.now if self.now[path] != path.read_text()]
        self.before = {path: path.read_text() for path in changed}
        for path in changed:
            path.write_text(self.now[path])
        return [str(path) for path in changed]

    def undo(self):
        self.now.update(self.before)
        return self.write()

    def at_function(self, change):
        path = self.rng.choice(self.files)
        text = self.origin[path]
        found = self.rng.choice(list(FUNCTION.finditer(text)))
        self.now[path] = text[: found.start()] + change(found) + text[found.end() :]

    def statement(self):
        return f"println({self.rng.randint(1, 9999)})"

    def edit_body(self):
        self.at_function(lambda found: f"{found.group()} {self.statement()}")

    def edit_line_inserted(self):
        self.at_function(lambda found: f"{found.group()}\n" + f"\t{self.statement()}\n" * self.rng.randint(1, 3))

    def edit_signature(self):
        def change(found):
            more = ", _ ...int" if found.group(1) else "_ ...int"
            head = found.group()
            end = found.end(1) - found.start()
            return head[:end] + ("" if "..." in head else more) + head[end:]

        self.at_function(change)

    def edit_comment_at_end(self):
        self.at_function(lambda found: f"{found.group()} // {self.rng.randint(0, 99)}")

    def edit_comment_line(self):
        self.at_function(lambda found: f"// {self.rng.randint(0, 99)}\n{found.group()}")

    def edit_spaces(self):
        self.at_function(lambda found: found.group()[:-1] + "   {")
