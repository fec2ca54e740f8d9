#!/usr/bin/env python3
"""How long the measures of a change take in a long history: read whole, kept for the first time, and push after push.

    python3 Benchmarks/history.py [--commits 10000] [--pushes 20] [--binary .build/release/auspex] [--keep DIR]

Makes a repository with git fast-import from a seeded generator (so that it is the same on every machine): 40 developers, files
that grow in number, some renamed, one commit in ten a fix. Then it runs `auspex risk features` on the last commit: without a
cache, with an empty one, and after each of some further pushes of 1 to 5 commits. Every answer with the cache is compared with
the one without. Prints a line of JSON; the times are those of the whole program.
"""
import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDERS = ["api", "cart", "web", "worker", "docs", "db/migrations", "tests", "deploy"]


class Generator:
    """Commits as git fast-import reads them."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.files = {}
        self.time = 1_500_000_000

    def text(self, path):
        return "".join(f"{path} {line}\n" for line in self.files[path]).encode()

    def commit(self, number):
        """One commit on main; the file contents come inline."""
        self.time += self.random.randrange(600, 30_000)
        author = self.random.randrange(40)
        kind = self.random.choice(["Fix", "Add", "Change", "Move", "Tidy", "Speed up", "Test", "Note", "Try", "Drop"])
        message = f"{kind} part {number}\n".encode()
        who = f"dev{author} <dev{author}@example.org> {self.time} +0000"
        yield f"commit refs/heads/main\nauthor {who}\ncommitter {who}\ndata {len(message)}\n".encode() + message
        if number > 0 and self.first:
            yield b"from refs/heads/main^0\n"
        self.first = False
        for _ in range(self.random.choice([1, 1, 2, 3, 5, 8])):
            if not self.files or self.random.random() < 0.15:
                folder = self.random.choice(FOLDERS)
                path = f"{folder}/{self.random.randrange(30)}/file{len(self.files)}.txt"
                self.files[path] = [self.random.randrange(10**6) for _ in range(self.random.randrange(5, 120))]
            else:
                path = self.random.choice(list(self.files))
                lines = self.files[path]
                for _ in range(self.random.randrange(1, 20)):
                    lines.insert(self.random.randrange(len(lines) + 1), self.random.randrange(10**6))
                del lines[: self.random.randrange(0, min(10, len(lines)))]
                if self.random.random() < 0.02:
                    moved = path.replace(".txt", "") + "m.txt"
                    self.files[moved] = self.files.pop(path)
                    yield f"R {path} {moved}\n".encode()
                    path = moved
            content = self.text(path)
            yield f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"
        yield b"\n"

    def write(self, repository, numbers):
        """Imports commits on top of what there is."""
        self.first = True
        process = subprocess.Popen(["git", "-C", repository, "fast-import", "--quiet"], stdin=subprocess.PIPE)
        for number in numbers:
            for piece in self.commit(number):
                process.stdin.write(piece)
        process.stdin.close()
        if process.wait() != 0:
            sys.exit("git fast-import failed")


def features(binary, repository, *options):
    start = time.monotonic()
    done = subprocess.run(
        [binary, "risk", "features", "--repo", repository, "--format", "json", *options], capture_output=True, check=True)
    return time.monotonic() - start, done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commits", type=int, default=10_000)
    parser.add_argument("--pushes", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build", "release", "auspex"))
    parser.add_argument("--keep", help="make the repository here and leave it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        repository = options.keep or os.path.join(folder, "repository")
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", repository], check=True)
        generator = Generator(options.seed)
        generator.write(repository, range(options.commits))
        whole, plain = features(options.binary, repository, "--no-cache")
        first, kept = features(options.binary, repository)
        if kept != plain:
            sys.exit("the first answer with a cache differs")
        again, _ = features(options.binary, repository)
        times, number = [], options.commits
        for push in range(options.pushes):
            count = 1 + push % 5
            generator.write(repository, range(number, number + count))
            number += count
            span = ["--range", f"main~{count}..main"]
            taken, answer = features(options.binary, repository, *span)
            times.append(taken)
            if push % 5 == 4 and answer != features(options.binary, repository, *span, "--no-cache")[1]:
                sys.exit(f"the answer after push {push} differs")
        print(json.dumps({
            "commits": options.commits, "files": len(generator.files), "seconds_whole": round(whole, 3),
            "seconds_first_kept": round(first, 3), "seconds_again": round(again, 3),
            "seconds_push_median": round(statistics.median(times), 3) if times else None,
            "seconds_push_worst": round(max(times), 3) if times else None,
            "cache_bytes": os.path.getsize(os.path.join(repository, "auspex-history"))}))


if __name__ == "__main__":
    main()
