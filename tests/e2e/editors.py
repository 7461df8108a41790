"""The ways in which a file is saved: by real programs where they are here, by the system calls that
strace shows of the others."""
import contextlib
import os
import shutil
import subprocess


def _vim(program, options, path, old, new):
    # -u NONE: nobody's settings; the swap file stays on, as in life.
    subprocess.run(
        [*program, "-u", "NONE", "-N", *options, "-c", f"%s/{old}/{new}/g", "-c", "wq!", str(path)],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=60,
        env={**os.environ, "TERM": "dumb"},
    )


def vim_rename(path, old, new):
    """Backup by renaming the old file, then a new one: vim's way where it may create files."""
    _vim(["vim", "-es"], ["--cmd", "set backupcopy=no writebackup"], path, old, new)


def vim_copy(path, old, new):
    """Backup by copying, then truncate and write."""
    _vim(["vim", "-es"], ["--cmd", "set backupcopy=yes writebackup"], path, old, new)


def vim_plain(path, old, new):
    _vim(["vim", "-es"], ["--cmd", "set nobackup nowritebackup"], path, old, new)


def nvim(path, old, new):
    _vim(["nvim", "--headless", "-es"], [], path, old, new)


def sed(path, old, new):
    """A new file of another name, renamed over the old one."""
    subprocess.run(["sed", "-i", f"s/{old}/{new}/g", str(path)], check=True, timeout=60)


def gofmt(path, old, new):
    """gofmt -w, made to change something by a rewrite rule."""
    subprocess.run(["gofmt", "-w", "-r", f'"{old}" -> "{new}"', str(path)], check=True, timeout=60)


def _content(path, old, new):
    return path.read_bytes().replace(old.encode(), new.encode())


def vscode(path, old, new):
    """Opened r+, truncated, written, synced, closed."""
    data = _content(path, old, new)
    fd = os.open(path, os.O_RDWR)
    os.ftruncate(fd, 0)
    os.write(fd, data)
    os.fdatasync(fd)
    os.close(fd)


def truncate_write(path, old, new):
    """open(O_TRUNC), write in pieces, close: echo, nano, micro."""
    data = _content(path, old, new)
    fd = os.open(path, os.O_WRONLY | os.O_TRUNC)
    for at in range(0, len(data), 16):
        os.write(fd, data[at : at + 16])
    os.close(fd)


def jetbrains(path, old, new):
    """Safe write: NAME___jb_tmp___, the old one to NAME___jb_old___, the new one in, the old one away."""
    data = _content(path, old, new)
    fresh, backup = f"{path}___jb_tmp___", f"{path}___jb_old___"
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    os.write(fd, data)
    os.fsync(fd)
    os.close(fd)
    os.rename(path, backup)
    os.rename(fresh, path)
    os.unlink(backup)


def emacs(path, old, new):
    """The old file becomes NAME~, a new one is written; with a lock link while it is edited."""
    data = _content(path, old, new)
    lock = path.parent / f".#{path.name}"
    os.symlink("someone@somewhere.1:1", lock)
    os.rename(path, f"{path}~")
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    os.write(fd, data)
    os.close(fd)
    os.unlink(lock)


def atomic(path, old, new):
    """A hidden file beside it, renamed over it: rsync, helix, many libraries."""
    data = _content(path, old, new)
    fresh = path.parent / f".{path.name}.tmp1234"
    fresh.write_bytes(data)
    os.rename(fresh, path)


def atomic_elsewhere(path, old, new):
    """Renamed in from another directory of the file system."""
    data = _content(path, old, new)
    fresh = path.parent.parent.parent / "elsewhere.tmp"
    fresh.write_bytes(data)
    os.rename(fresh, path)


def delete_create(path, old, new):
    data = _content(path, old, new)
    os.unlink(path)
    path.write_bytes(data)


def hard_link(path, old, new):
    """A new file linked into place after the old name is gone."""
    data = _content(path, old, new)
    fresh = path.parent / ".fresh"
    fresh.write_bytes(data)
    os.unlink(path)
    os.link(fresh, path)
    os.unlink(fresh)


def mapped(path, old, new):
    """Through a shared mapping of a file of the same length, closed at the end."""
    import mmap

    data = _content(path, old, new)
    with open(path, "r+b") as file:
        file.truncate(len(data))
        with contextlib.closing(mmap.mmap(file.fileno(), len(data))) as view:
            view[:] = data
        file.write(data)  # the kernel tells of writes, not of mappings: editors that map also write


PROGRAMS = {vim_rename: "vim", vim_copy: "vim", vim_plain: "vim", nvim: "nvim", sed: "sed", gofmt: "gofmt"}
REAL = [vim_rename, vim_copy, vim_plain, nvim, sed, gofmt]
BY_CALLS = [
    vscode,
    truncate_write,
    jetbrains,
    emacs,
    atomic,
    atomic_elsewhere,
    delete_create,
    hard_link,
    mapped,
]
ALL = REAL + BY_CALLS


def missing(editor):
    """The program that would be needed and is not here, or None."""
    program = PROGRAMS.get(editor)
    return program if program and shutil.which(program) is None else None
