"""A Go module made from a seed, and edits of it that always leave a program that builds.

The module is a model (packages, functions, constants, …) that is rendered to files; an edit changes the model and
writes the files that came out different. Everything the program does ends in numbers that it prints.
"""

import pathlib
import random

PATH = "example.com/generated"


class Function:
    def __init__(self, name, kind, rng):
        self.name, self.kind = name, kind  # plain, inline, generic
        self.params = rng.randint(1, 3)
        self.ops = [rng.randint(2, 97) for _ in range(rng.randint(2, 5))]
        self.calls = []  # (package, function)
        self.notes = {}  # line comments at the ends of lines, by op
        self.strings = False

    def arguments(self, value):
        return ", ".join([value] + [str(7 + i) for i in range(self.params - 1)])

    def call(self, package, value):
        return f"{package}{self.name}({self.arguments(value)})"

    def lines(self):
        names = [f"a{i}" for i in range(self.params)]
        total = " + ".join(names)
        if self.kind == "inline":
            return [
                f"func {self.name}({', '.join(names)} int) int {{",
                f"\treturn ({total})*{self.ops[0]} + {len(self.ops)}",
                "}",
            ]
        kind, convert = "int", total
        head = f"func {self.name}({', '.join(names)} {kind}) int {{"
        if self.kind == "generic":
            head = f"func {self.name}[T ~int]({', '.join(names)} T) int {{"
            convert = f"int({total})"
        out = [head, f"\tx := {convert}", "\tfor i := 0; i < 3; i++ {"]
        for index, op in enumerate(self.ops):
            note = self.notes.get(index, "")
            out.append(f"\t\tx = x*{op} + i%{op + 1}{note}")
        out.append("\t}")
        for package, function in self.calls:
            out.append(f"\tx += {function.call(package.name + '.', 'x%11')}")
        if self.strings:
            out.append('\tx += len(strings.Repeat("z", 3))')
        return out + ["\treturn x % 1000003", "}"]


class Package:
    def __init__(self, name, rng, below):
        self.name = name
        self.constants = {f"C{i}": rng.randint(1, 999) for i in range(3)}
        self.fields = ["A", "B"]
        self.methods = ["M0"]
        self.inits = [rng.randint(1, 99) for _ in range(3)]
        self.functions = [
            Function(f"F{i}", kind, rng)
            for i, kind in enumerate(["plain", "inline", "plain", "generic", "plain", "plain"])
        ]
        self.extra = {}  # file -> Function
        self.comments = {}  # function name -> lines above it
        self.spaces = 0
        self.embedded = {"data.txt": f"text of {name}\n"} if rng.random() < 0.5 else None
        self.made = 0
        for function in self.functions:
            if below and function.kind == "plain":
                for package in rng.sample(below, min(len(below), 2)):
                    function.calls.append((package, rng.choice(package.functions)))

    def imports(self, functions):
        names = {f"{PATH}/{p.name}" for f in functions for p, _ in f.calls}
        names |= {"strings"} if any(f.strings for f in functions) else set()
        return sorted(names)

    @staticmethod
    def import_lines(names, extra=()):
        names = sorted(set(names) | set(extra))
        return ["import (", *[f'\t"{n}"' if n != "_embed" else '\t_ "embed"' for n in names], ")", ""] if names else []

    def code(self):
        out = [f"package {self.name}", "", *self.import_lines(self.imports(self.functions))]
        for function in self.functions:
            out += [f"// {line}" for line in self.comments.get(function.name, [])]
            out += [*function.lines(), ""]
        return "\n".join(out) + "\n"

    def types(self):
        gap = " " * (1 + self.spaces)
        out = [f"package {self.name}", "", *self.import_lines(["embed"] if self.embedded else [])]
        out += [f"const {name} ={gap}{value}" for name, value in self.constants.items()]
        out += ["", "type S struct {", *[f"\t{f} int" for f in self.fields], "}", ""]
        out += ["type I interface {", *[f"\t{m}() int" for m in self.methods], "}", ""]
        for index, method in enumerate(self.methods):
            out += [f"func (s S) {method}() int {{ return s.A*{index + 2} + C0 }}", ""]
        out += ["var trail []int", "", "func note(n int) int {", "\ttrail = append(trail, n)", "\treturn n", "}", ""]
        out += [f"var v{i} = note({n}) + {'v' + str(i + 1) if i + 1 < len(self.inits) else '0'}" for i, n in enumerate(self.inits)]
        if self.embedded:
            out += ["", "//go:embed *.txt", "var files embed.FS", ""]
        out += ["", "func Sum() int {", "\tvar i I = S{A: 3}", "\tx := 0", "\tfor at, n := range trail {", "\t\tx = x*31 + n*at", "\t}"]
        out += [f"\tx += i.{m}()" for m in self.methods]
        if self.embedded:
            out += ['\tlist, _ := files.ReadDir(".")', "\tfor _, f := range list {", "\t\tdata, _ := files.ReadFile(f.Name())", "\t\tfor _, b := range data {", "\t\t\tx = x*7 + int(b)", "\t\t}", "\t}"]
        out += [f"\tx += {name}" for name in self.constants]
        return "\n".join(out + ["\treturn x % 1000003", "}"]) + "\n"

    def files(self):
        out = {"code.go": self.code(), "types.go": self.types()}
        for name, function in self.extra.items():
            out[name] = "\n".join([f"package {self.name}", "", *self.import_lines(self.imports([function])), *function.lines()]) + "\n"
        out.update(self.embedded or {})
        return {f"{self.name}/{name}": text for name, text in out.items()}


class Module:
    def __init__(self, root, seed, packages=14):
        self.root, self.rng, self.written = pathlib.Path(root), random.Random(seed), {}
        self.packages = []
        for index in range(packages):
            self.packages.append(Package(f"p{index:02}", self.rng, self.packages[-6:]))
        self.write()

    def main(self):
        out = ["package main", "", "import (", '\t"fmt"', "", *[f'\t"{PATH}/{p.name}"' for p in self.packages], ")", "", "func main() {"]
        for package in self.packages:
            out.append(f"\tfmt.Println({package.name}.Sum(), {package.name}.C1)")
            for function in package.functions + list(package.extra.values()):
                if function.name[0].isupper():
                    out.append(f"\tfmt.Println({function.call(package.name + '.', '5')})")
        return "\n".join(out + ["}"]) + "\n"

    def files(self):
        out = {"go.mod": f"module {PATH}\n\ngo 1.24\n", "main.go": self.main()}
        for package in self.packages:
            out.update(package.files())
        return out

    def write(self):
        """Writes what differs; the absolute paths of it."""
        now, changed = self.files(), []
        for name in sorted(set(self.written) - set(now)):
            (self.root / name).unlink()
            changed.append(str(self.root / name))
        for name, text in now.items():
            if self.written.get(name) == text:
                continue
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(path.name + ".tmp~")
            fresh.write_text(text)
            fresh.rename(path)  # as editors do
            changed.append(str(path))
        self.written = now
        return changed

    # --- edits: each takes the module and says what it did ---
    def pick(self, kind="plain"):
        package = self.rng.choice(self.packages)
        return package, self.rng.choice([f for f in package.functions if f.kind == kind])

    def edit_body(self):
        _, function = self.pick()
        function.ops[self.rng.randrange(len(function.ops))] = self.rng.randint(2, 9999)

    def edit_line_inserted(self):
        _, function = self.pick()
        function.ops.insert(self.rng.randrange(len(function.ops) + 1), self.rng.randint(2, 97))

    def edit_line_removed(self):
        _, function = self.pick()
        if len(function.ops) > 1:
            function.ops.pop(self.rng.randrange(len(function.ops)))
        else:
            function.ops[0] += 1

    def edit_signature(self):
        _, function = self.pick(self.rng.choice(["plain", "plain", "generic", "inline"]))
        function.params = self.rng.choice([n for n in (1, 2, 3, 4) if n != function.params])

    def edit_constant(self):
        package = self.rng.choice(self.packages)
        package.constants[self.rng.choice(list(package.constants))] += 1

    def edit_generic(self):
        _, function = self.pick("generic")
        function.ops[0] += 1

    def edit_inlinable(self):
        _, function = self.pick("inline")
        function.ops[0] += 1

    def edit_new_function(self):
        package = self.rng.choice(self.packages)
        package.made += 1
        name = f"{self.rng.choice(['G', 'g'])}{package.made}"
        package.functions.insert(self.rng.randrange(len(package.functions) + 1), Function(name, "plain", self.rng))

    def edit_comment_at_end(self):
        _, function = self.pick()
        function.notes[0] = f" // {self.rng.randint(0, 999)}"

    def edit_comment_line(self):
        package, function = self.pick()
        package.comments.setdefault(function.name, []).append(f"note {self.rng.randint(0, 999)}")

    def edit_spaces(self):
        self.rng.choice(self.packages).spaces ^= 3

    def edit_field(self):
        package = self.rng.choice(self.packages)
        package.fields.insert(self.rng.randrange(len(package.fields) + 1), f"X{len(package.fields)}")

    def edit_method(self):
        package = self.rng.choice(self.packages)
        package.methods.append(f"M{len(package.methods)}")

    def edit_init_order(self):
        self.rng.shuffle(self.rng.choice(self.packages).inits)

    def edit_embedded(self):
        package = self.rng.choice([p for p in self.packages if p.embedded])
        package.embedded["data.txt"] += f"{self.rng.randint(0, 999)}\n"

    def edit_embedded_new(self):
        package = self.rng.choice([p for p in self.packages if p.embedded])
        package.embedded[f"more{len(package.embedded)}.txt"] = "more\n"

    def edit_new_file(self):
        package = self.rng.choice(self.packages)
        package.made += 1
        package.extra[f"extra{package.made}.go"] = Function(f"E{package.made}", "plain", self.rng)

    def edit_removed_file(self):
        with_extra = [p for p in self.packages if p.extra]
        if not with_extra:
            return self.edit_new_file()
        package = self.rng.choice(with_extra)
        package.extra.pop(self.rng.choice(list(package.extra)))
        return None

    def edit_imports(self):
        _, function = self.pick()
        function.strings = not function.strings

    def edit_several(self):
        for _ in range(3):
            self.rng.choice([self.edit_body, self.edit_line_inserted, self.edit_constant, self.edit_inlinable])()


# How often each class comes, of 60.
WEIGHTS = {
    "body": 8, "line_inserted": 6, "line_removed": 5, "signature": 6, "constant": 4, "generic": 3, "inlinable": 3,
    "new_function": 3, "comment_at_end": 3, "comment_line": 3, "spaces": 2, "field": 2, "method": 2, "init_order": 2,
    "embedded": 2, "embedded_new": 1, "new_file": 1, "removed_file": 1, "imports": 2, "several": 1,
}  # fmt: skip
