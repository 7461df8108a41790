"""A stopwatch beside `zonda bench`, which shares nothing with it: when each version was saved, and when
it answered.

It looks for copies of the project in the bench's scratch directory, reads the mark and the time of the
last save from the edited file itself, and asks the app which process it is. A process serves a version
when its executable has the mark.
"""
import http.client
import pathlib
import re
import threading
import time

PAUSE_S = 0.003
AS_COPIED = b"zonda-bench-990000"  # from there on: marks of copies that nobody has edited


class Stopwatch:
    def __init__(self, tmp, source, port, path="/pid"):
        self.tmp, self.source, self.port, self.path = pathlib.Path(tmp), source, port, path
        self.times = {}  # (tool, mark) -> seconds from the save to the first answer seen
        self.last_pid = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join(20)

    def of(self, tool):
        """Seconds of its last save that was seen; None: none was."""
        times = [(mark, seconds) for (name, mark), seconds in self.times.items() if name == tool]
        return max(times)[1] if times else None

    def _run(self):
        while not self.over.is_set():
            try:
                self._look()
            except (OSError, ValueError, http.client.HTTPException):
                pass  # nobody answers just now
            time.sleep(PAUSE_S)

    def _look(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", self.path)
            pid = int(connection.getresponse().read())
        finally:
            connection.close()
        now = time.time()
        if pid != self.last_pid:
            self.last_pid = pid
            self._take(pid, now)

    def _take(self, pid, now):
        program = pathlib.Path(f"/proc/{pid}/exe").read_bytes()
        for file in self.tmp.glob(f"zonda-bench-*/*/{self.source}"):
            tool = file.relative_to(self.tmp).parts[1]
            found = re.search(rb"zonda-bench-\d{6}", file.read_bytes())
            saved = file.stat().st_mtime
            if found and found[0] < AS_COPIED and found[0] in program and (tool, found[0]) not in self.times:
                self.times[tool, found[0]] = now - saved
