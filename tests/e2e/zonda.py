"""Drives a real zonda: starts it in a scratch copy of a project, reads its JSON log, waits on events.

Nothing here sleeps for a time and hopes: every wait ends with an event, an answer or a deadline.
Each run has its own port, its own runtime directory (control socket) and its own mark in the
environment, by which anything left behind is found at the end.
"""
import contextlib
import fcntl
import http.client
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import termios
import threading
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MARK = "ZONDA_E2E_MARK"
WAIT_S = float(os.environ.get("ZONDA_E2E_WAIT", "60"))  # the deadline of every wait


# ZONDA_UNSHARE=1: each zonda is process 1 of a PID namespace of its own, as in a container.
UNSHARE = ["unshare", "--fork", "--pid", "--mount-proc", "--kill-child"]
if os.getuid() != 0:
    UNSHARE.insert(1, "--map-root-user")


def is_process_1():
    return os.environ.get("ZONDA_UNSHARE", "0") not in {"", "0"}


def binary():
    return os.environ.get("ZONDA") or str(ROOT / "build" / "src" / "zonda")


class Event:
    """One line of the log."""

    def __init__(self, line):
        self.line = line
        self.level = line["level"]
        self.message = line["message"]
        self.context = line["context"]
        self.kind = line["context"].get("kind", "")
        self.trace_id = line["trace_id"]
        self.service = line.get("service", "")

    def __getitem__(self, name):
        return self.context.get(name)

    def __repr__(self):
        return f"{self.service} {self.level:5} {self.kind}: {self.message} {json.dumps(self.context)[:300]}"


class Deadline:
    def __init__(self, seconds=None):
        self.end = time.monotonic() + (seconds or WAIT_S)

    @property
    def left(self):
        return max(0.0, self.end - time.monotonic())

    @property
    def over(self):
        return time.monotonic() >= self.end


def until(what, seconds=None, pause=0.01):
    """Asks what() until it is true; its last answer."""
    deadline = Deadline(seconds)
    while True:
        answer = what()
        if answer or deadline.over:
            return answer
        time.sleep(pause)


_ports = None


def free_port():
    """A port of this worker's own range, below the range that the kernel gives to clients."""
    global _ports
    if _ports is None:
        worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "0")) or 0)
        base = 20000 + (os.getpid() % 20) * 500 + worker * 250
        _ports = iter(list(range(base, base + 250)) * 50)
    import socket

    for port in _ports:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")


def marked(mark):
    """The processes whose environment carries the mark: pid -> command line."""
    found = {}
    entry = f"{MARK}={mark}".encode()
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        with contextlib.suppress(OSError):
            with open(f"/proc/{name}/environ", "rb") as file:
                if entry not in file.read().split(b"\0"):
                    continue
            with open(f"/proc/{name}/cmdline", "rb") as file:
                found[int(name)] = file.read().replace(b"\0", b" ").decode(errors="replace")
    return found


def showing(word):
    """The processes whose command line holds the word, whatever their environment; no zombies."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        with contextlib.suppress(OSError):
            with open(f"/proc/{name}/cmdline", "rb") as file:
                line = file.read().replace(b"\0", b" ").decode(errors="replace")
            if word in line:
                found[int(name)] = line
    return found


def status_field(pid, name):
    """The words of a line of /proc/PID/status; none where it is gone."""
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.startswith(name + ":"):
                    return line.split()[1:]
    return []


def descendants(root):
    """All processes below root: pid -> command line. Zombies too: their command line is empty."""
    parents, found = {}, {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            for parent in status_field(name, "PPid"):
                parents.setdefault(int(parent), []).append(int(name))
    left = [root]
    while left:
        for pid in parents.get(left.pop(), []):
            left.append(pid)
            found[pid] = ""
            with contextlib.suppress(OSError):
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    found[pid] = file.read().replace(b"\0", b" ").decode(errors="replace")
    return found


class Zonda:
    """A running zonda.

    tty: a real pseudo-terminal instead of pipes; the events are then read from a log file.
    prefix: a command line that ends by executing its arguments (sh -c …).
    process_1: as process 1 of a PID namespace; None: as ZONDA_UNSHARE says.
    """

    def __init__(
        self, project, *args, env=None, tty=False, prefix=(), level="debug", stdin=None, process_1=None
    ):
        self.project = pathlib.Path(project)
        self.mark = uuid.uuid4().hex
        self.port = free_port()
        self.output = bytearray()  # what the terminal (or stderr, without one) showed
        self.events = []
        self.broken = []  # lines of the log that are not what they should be
        self.ended = False
        self.changed = threading.Condition()
        # Beside the project, never inside it, and short: a socket's path has 107 bytes.
        self.scratch = pathlib.Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
        self.reports = self.scratch / "sanitizer"
        self.log = self.scratch / "log.json"
        runtime = self.scratch / "run"
        runtime.mkdir(mode=0o700)
        self.env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ZONDA", "GIN_")) and name not in {"PORT", "NO_COLOR"}
        }
        self.env.update(
            {
                MARK: self.mark,
                "PORT": str(self.port),
                "XDG_RUNTIME_DIR": str(runtime),
                "TERM": "xterm-256color",
                "ASAN_OPTIONS": f"log_path={self.reports}:detect_leaks=1:exitcode=99",
                "UBSAN_OPTIONS": f"log_path={self.reports}:print_stacktrace=1:halt_on_error=1",
                "LSAN_OPTIONS": "report_objects=0",
            }
        )
        self.env.update(env or {})
        self.process_1 = is_process_1() and not prefix if process_1 is None else process_1
        command = [*(UNSHARE if self.process_1 else prefix), binary()]
        log = [f"--log.level={level}"]
        log += [f"--log.file={self.log}"] if tty else ["--log.format=json"]
        self.command = command + [*log, *args]  # a later one wins
        self.tty = tty
        self.master = None
        if tty:
            self._start_tty()
        else:
            self._start_pipes(stdin)

    # --- start ---

    def _start_pipes(self, stdin):
        self.process = subprocess.Popen(
            self.command,
            cwd=self.project,
            env=self.env,
            stdin=stdin or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.threads = [
            threading.Thread(target=self._read_events, args=(self.process.stdout,), daemon=True),
            threading.Thread(target=self._read_text, args=(self.process.stderr.fileno(),), daemon=True),
        ]
        for thread in self.threads:
            thread.start()

    def _start_tty(self):
        self.master, slave = pty.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

        def own_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            self.command,
            cwd=self.project,
            env=self.env,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            preexec_fn=own_terminal,
        )
        os.close(slave)
        self.threads = [
            threading.Thread(target=self._read_text, args=(self.master,), daemon=True),
            threading.Thread(target=self._follow_log, daemon=True),
        ]
        for thread in self.threads:
            thread.start()

    # --- what comes from it ---

    def _take(self, line):
        line = line.strip()
        if not line:
            return
        try:
            event = Event(json.loads(line))
        except (ValueError, KeyError, TypeError):
            with self.changed:
                self.broken.append(line)
                self.changed.notify_all()
            return
        with self.changed:
            self.events.append(event)
            self.changed.notify_all()

    def _read_events(self, stream):
        for line in stream:
            self._take(line)
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def _read_text(self, fd):
        while True:
            try:
                data = os.read(fd, 65536)
            except OSError:  # EIO: the other side of a pty is closed
                data = b""
            if not data:
                return
            with self.changed:
                self.output += data
                self.changed.notify_all()

    def _follow_log(self):
        rest, stream = b"", None
        while True:
            over = self.process.poll() is not None
            if stream is None:
                with contextlib.suppress(FileNotFoundError):
                    stream = open(self.log, "rb")
            data = stream.read() if stream else b""
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                self._take(line)
            if over and not data:
                with self.changed:
                    self.ended = True
                    self.changed.notify_all()
                return
            if not data:
                time.sleep(0.01)

    @property
    def screen(self):
        """What the terminal showed, without colours and movements."""
        with self.changed:
            text = bytes(self.output).decode(errors="replace")
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\r", "", text)

    def story(self):
        """For the message of a failed test."""
        with self.changed:
            events = [repr(event) for event in self.events[-40:]]
            broken = [line.decode(errors="replace") for line in self.broken[-10:]]
        reports = "".join(path.read_text()[:3000] for path in self.scratch.glob("sanitizer*"))
        state = self.process.poll()
        return "\n".join(
            [
                "",
                f"command: {' '.join(map(str, self.command))}",
                f"exit status: {state}",
                "--- events",
                *events,
                "--- not JSON",
                *broken,
                "--- terminal" if self.tty else "--- stderr",
                self.screen[-3000:],
                reports,
            ]
        )

    # --- waiting ---

    def wait_event(self, kind, after=0, timeout=None, where=None, **fields):
        """The first event of this kind past position after whose context has these fields."""

        def fits(event):
            return (
                event.kind == kind
                and all(event[name] == value for name, value in fields.items())
                and (where is None or where(event))
            )

        deadline = Deadline(timeout)
        with self.changed:
            while True:
                for event in self.events[after:]:
                    if fits(event):
                        return event
                if self.ended or deadline.over:
                    break
                self.changed.wait(min(deadline.left, 0.5))
        raise AssertionError(
            f"no event {kind} {fields or ''} came ({'it ended' if self.ended else 'deadline'})"
            + self.story()
        )

    def wait_screen(self, pattern, after=0, timeout=None):
        """Waits until what the terminal showed past character after matches."""
        found = until(lambda: re.search(pattern, self.screen[after:]), timeout)
        assert found, f"the terminal never showed {pattern!r}" + self.story()
        return found

    def mark_here(self):
        with self.changed:
            return len(self.events)

    def kinds(self, kind, after=0, **fields):
        with self.changed:
            return [
                event
                for event in self.events[after:]
                if event.kind == kind and all(event[name] == value for name, value in fields.items())
            ]

    def ready(self, timeout=None):
        """The first version is being served."""
        self.wait_event("reload_end", timeout=timeout or 2 * WAIT_S, outcome="served")
        return self

    def planned(self, after=0):
        """There is a plan: an edit from now on is built directly."""
        self.wait_event("notice", after, where=lambda event: "the next build is direct" in event.message)
        return self

    # --- the app ---

    def get(self, path="/", timeout=5):
        """(status, body); raises OSError where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def text(self, path="/text"):
        return self.get(path)[1]

    def served(self, text, path="/text", timeout=None):
        """Waits until the app's answer holds text; the seconds that it took."""
        begin, last = time.monotonic(), [None]

        def asked():
            try:
                last[0] = self.get(path)[1]
            except (OSError, http.client.HTTPException) as error:
                last[0] = error
                return False
            return text in last[0]

        assert until(asked, timeout), f"{text!r} was never served, last: {last[0]!r}" + self.story()
        return time.monotonic() - begin

    @property
    def app_pid(self):
        return self.outer(self.status()["app_pid"])

    @property
    def pid(self):
        """Of zonda itself, where it is the process that was started or the child of unshare."""
        if not self.process_1:
            return self.process.pid
        inner = until(lambda: self._child())
        assert inner, "unshare has started nothing" + self.story()
        return inner

    def _child(self):
        for pid in descendants(self.process.pid):
            if status_field(pid, "NSpid")[1:] == ["1"]:
                return pid
        return 0

    def outer(self, pid):
        """The pid out here of one that zonda, or the app, knows by pid; 0 where it is gone."""
        if not self.process_1 or pid == 0:
            return pid
        for candidate in descendants(self.process.pid):
            if status_field(candidate, "NSpid")[-1:] == [str(pid)]:
                return candidate
        return 0

    # --- asking zonda ---

    def run(self, *args, timeout=None, check=False, **options):
        """zonda ARGS beside the running one."""
        done = subprocess.run(
            [binary(), *args],
            cwd=self.project,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=timeout or WAIT_S,
            **options,
        )
        if check:
            assert done.returncode == 0, done.stdout + done.stderr + self.story()
        return done

    def status(self):
        return json.loads(self.run("status", "--json", check=True).stdout)

    def wait(self, seconds=None):
        """Everything up to here has been seen and dealt with; the last reload."""
        done = self.run("wait", "--json", f"--timeout={int(seconds or WAIT_S)}s")
        try:
            return json.loads(done.stdout)["reload"]
        except (ValueError, KeyError):
            raise AssertionError(f"zonda wait: {done}" + self.story()) from None

    @contextlib.contextmanager
    def nothing_happens(self):
        """What is done inside leads to no reload; proved by the order of events, not by a pause."""
        self.wait()
        before = self.status()["reloads"]
        yield
        self.wait()
        after = self.status()
        assert after["reloads"] == before, f"a reload came: {after.get('last')}" + self.story()

    @contextlib.contextmanager
    def one_reload(self, outcome="served", action=None):
        """What is done inside leads to a reload that ends so; gives a list that receives it."""
        self.wait()
        before = self.status()["reloads"]
        box = []
        yield box
        reload = self.wait()
        assert reload["id"] > before, "no reload came" + self.story()
        assert reload["outcome"] == outcome, f"{reload}" + self.story()
        assert action is None or reload["action"] == action, f"{reload}" + self.story()
        box.append(reload)

    # --- files ---

    def path(self, name):
        return self.project / name

    def read(self, name):
        return self.path(name).read_text()

    def write(self, name, text):
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text)

    def edit(self, name, old, new):
        text = self.read(name)
        assert old in text, f"{name} does not hold {old!r}"
        self.path(name).write_text(text.replace(old, new))

    # --- keys and signals ---

    def press(self, keys):
        os.write(self.master, keys.encode())

    def send(self, number):
        os.kill(self.pid, number)

    # --- the end ---

    def wait_exit(self, timeout=None):
        try:
            code = self.process.wait(timeout or WAIT_S)
        except subprocess.TimeoutExpired:
            raise AssertionError("zonda did not end" + self.story()) from None
        for thread in self.threads:
            thread.join(5)
        return code

    def left_behind(self, seconds=3):
        """The processes of this run that are still there after the time a killed one needs to go."""
        until(lambda: not marked(self.mark), seconds)
        return marked(self.mark)

    def check_clean(self):
        left = self.left_behind()
        assert not left, f"left behind: {left}" + self.story()
        reports = list(self.scratch.glob("sanitizer*"))
        assert not reports, "sanitizer report" + self.story()
        assert not self.broken or self.tty, "lines that are not JSON" + self.story()

    def stop(self, number=signal.SIGTERM):
        """Ends it gracefully and looks for what is left; its exit status."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                self.send(number)
        code = self.wait_exit()
        self.check_clean()
        return code

    def cleanup(self):
        """Whatever happened: nothing of this run stays."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in marked(self.mark):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        for thread in self.threads:
            thread.join(5)
        if self.master is not None:
            with contextlib.suppress(OSError):
                os.close(self.master)
            self.master = None
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        shutil.rmtree(self.scratch, ignore_errors=True)


def run_zonda(project, *args, env=None, timeout=None):
    """A zonda command that ends by itself."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("ZONDA", "GIN_"))
    }
    environment.setdefault("ASAN_OPTIONS", "detect_leaks=1:exitcode=99")
    environment.update({"NO_COLOR": "1", **(env or {})})
    done = subprocess.run(
        [binary(), *args],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=timeout or WAIT_S,
    )
    assert done.returncode != 99 and "Sanitizer" not in done.stderr, done.stderr
    return done


def readable(fd, seconds):
    return bool(select.select([fd], [], [], seconds)[0])
