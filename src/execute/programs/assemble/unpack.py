"""Unpacks binary packages ahead of those who merge them, in processes of their own.

A package goes where Portage unpacks it: FOLDER/build-info and FOLDER/image. Its bytes were verified as a whole before they
were offered, so the Manifest inside is not asked once more. GNU tar does the work: Portage's own reader looks each member
up in a list of all before it, which takes minutes for a package of a hundred thousand files.
"""

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import traceback

# What each process has before it that was not merged yet: a bound for the disk.
AHEAD = 4

DECOMPRESS = {".zst": ["zstd", "-dc"], ".xz": ["xz", "-dc"], ".gz": ["gzip", "-dc"], ".bz2": ["bzip2", "-dc"], ".lz4": ["lz4", "-dc"]}


class Unpackers:
    """Jobs are handed round; the answer to job n comes from process n mod the number of processes."""

    def __init__(self, jobs, workers):
        self.jobs = jobs
        self.sent = 0
        argv = [sys.executable, os.path.abspath(__file__)]
        self.processes = [
            subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
            for _ in range(max(1, min(workers, len(jobs))))
        ]
        self._send(len(self.processes) * AHEAD)

    def wait(self, number):
        """
        Until package `number` is unpacked.
        @return: a sentence where it cannot be
        """
        self._send(number + len(self.processes) * AHEAD)
        answer = self.processes[number % len(self.processes)].stdout.readline()
        if answer == "done\n":
            return None
        return f"{self.jobs[number][0]} could not be unpacked: {answer.strip() or 'its process ended'}"

    def close(self):
        """Ends them with what they started: nothing is written any more."""
        for process in self.processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _send(self, until):
        while self.sent < min(until, len(self.jobs)):
            process = self.processes[self.sent % len(self.processes)]
            process.stdin.write(json.dumps(self.jobs[self.sent]) + "\n")
            process.stdin.flush()
            self.sent += 1


def unpack(file, folder):
    make_folder(folder)
    with tarfile.open(file, "r:") as container:
        for member in container:
            part, compression = part_of(member.name)
            if part == "metadata":
                unpack_metadata(container.extractfile(member), compression, os.path.join(folder, "build-info"))
            elif part == "image":
                unpack_image(container.extractfile(member), compression, folder)
    for part in ("build-info", "image"):
        if not os.path.isdir(os.path.join(folder, part)):
            raise RuntimeError(f"no {part} in it")


def part_of(name):
    """`greet-1.0/image.tar.zst` → image and how to decompress it; nothing for what is neither image nor metadata."""
    base = name.rsplit("/", 1)[-1]
    for part in ("image", "metadata"):
        if base.startswith(part + ".tar"):
            ending = base[len(part) + 4 :]
            if ending == ".sig" or ending.endswith(".sig"):
                return None, None
            if ending and ending not in DECOMPRESS:
                raise RuntimeError(f"no way to decompress {base}")
            return part, DECOMPRESS.get(ending, ["cat"])
    return None, None


def unpack_metadata(stream, compression, folder):
    make_folder(folder)
    done = subprocess.run(compression, input=stream.read(), stdout=subprocess.PIPE, check=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout), mode="r:") as members:
        for member in members:
            name = member.name.split("/", 1)[-1]
            if member.isfile() and "/" not in name:
                with open(os.path.join(folder, name), "wb") as opened:
                    shutil.copyfileobj(members.extractfile(member), opened)
                os.utime(os.path.join(folder, name), (member.mtime, member.mtime))


def unpack_image(stream, compression, folder):
    """The archive's own top folder is `image`. Owners by name where the builder knows the name, else by number."""
    tar = ["tar", "--extract", "--file=-", "--same-owner", "--preserve-permissions", f"--directory={folder}"]
    with subprocess.Popen(compression, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as source:
        with subprocess.Popen(tar, stdin=source.stdout) as sink:
            source.stdout.close()
            # Which of the two ended early, its status says.
            with contextlib.suppress(BrokenPipeError):
                shutil.copyfileobj(stream, source.stdin, 1 << 20)
            with contextlib.suppress(BrokenPipeError):
                source.stdin.close()
    for argv, process in ((compression, source), (tar, sink)):
        if process.returncode != 0:
            raise RuntimeError(f"{argv[0]} ended with status {process.returncode}")


def make_folder(path):
    os.makedirs(path, exist_ok=True)
    os.chmod(path, 0o755)


def main():
    for line in sys.stdin:
        try:
            unpack(*json.loads(line))
            print("done", flush=True)
        except Exception as error:  # pylint: disable=broad-except
            print(" ".join("".join(traceback.format_exception_only(error)).split("\n")).strip(), flush=True)


if __name__ == "__main__":
    main()
