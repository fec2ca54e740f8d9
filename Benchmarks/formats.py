#!/usr/bin/env python3
"""How well the template miner groups messages of programs that it was not made for.

    python3 Benchmarks/formats.py [--seed 1 --seed 2] [--program nginx=/usr/sbin/nginx]

The truth about a message is the format string that printed it. So the format strings of programs on this machine are read
from their files (strings, of binutils), 70 with values and 25 without are drawn of each program, most in runs of neighbours in
the alphabet, which look alike, and printed 2,000 times by Zipf's law, with numbers, paths, names, hosts, states, quoted
phrases and what strerror says in the places of %d, %s and the like; what stands for a %s is drawn once for each place. Messages
go through `auspex logs parse` (make build) and, where it is installed, Drain3 with its own examples' masks: pip install drain3.
Printed are GA, the share of messages that are in exactly the group of their format, FGA, the F1 of groups, and how many
templates there are for each true one. The miner's thresholds were chosen on postgres, systemd, ssh, gstreamer, bdb and dbus;
the programs below are others.
"""
import argparse
import csv
import io
import os
import random
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.path.join(ROOT, ".build", "release", "auspex")
PROGRAMS = {
    "git": ["/usr/bin/git"],
    "nginx": ["/usr/sbin/nginx"],
    "dpkg": ["/usr/bin/dpkg", "/usr/lib/x86_64-linux-gnu/libapt-pkg.so.6.0"],
    "gpg": ["/usr/bin/gpg", "/usr/bin/gpg-agent"],
    "curl": ["/usr/lib/x86_64-linux-gnu/libcurl.so.4", "/usr/lib/x86_64-linux-gnu/libcurl-gnutls.so.4",
             "/usr/lib/x86_64-linux-gnu/libkrb5.so.3"],
    "perl": ["/usr/bin/perl"],
}
CONVERSION = re.compile(r"%[#0 +]*\d*(?:\.\d*)?(?:u[iDLA]|x[DL]|(?:hh|h|ll|l|z|j|t|q)?[diuxXpcsfgem])")
MASKS = [r"(([0-9a-f]{2,}:){3,}([0-9a-f]{2,}))", r"(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})", r"([0-9a-f]{6,} ?){3,}",
         r"([0-9A-F]{4} ?){4,}", r"(0x[a-f0-9A-F]+)", r"([\-\+]?\d+)"]
MESSAGES, WITH_VALUES, WITHOUT = 2_000, 70, 25


def formats(paths):
    """The format strings in some files that read like messages, sorted."""
    text = "".join(subprocess.run(["strings", "-n", "12", path], capture_output=True, text=True).stdout for path in paths)
    lines = {line for line in text.splitlines() if line.isascii() and len(line) < 160 and len(line.split()) >= 3}
    return sorted(line for line in lines
                  if re.search(r"[a-z]{3,} [a-zA-Z%(]|%[sd]", line) and re.match(r"[A-Za-z%\[(\"']", line)
                  and not re.search(r"[{}\\;^$]|%\*|%-|<[a-z/]|--[a-z]+ ", line) and "%" not in CONVERSION.sub("", line))


class Values:
    """Draws what is printed in the places of a format string."""

    def __init__(self, generator, words, names):
        self.random, self.words, self.names = generator, words, names

    def often_the_same(self, pool):
        weights = [1 / (rank + 1) for rank in range(len(pool))]
        return lambda: self.random.choices(pool, weights)[0]

    def name(self):
        parts = [self.random.choice(self.words + self.names) for _ in range(self.random.choice([1, 1, 2, 2, 3]))]
        return self.random.choice("_-.").join(parts) + (str(self.random.randrange(100)) if self.random.random() < 0.3 else "")

    def phrase(self, least, most):
        return " ".join(self.random.choice(self.words) for _ in range(self.random.randint(least, most)))

    def number(self):
        kind = self.random.choice(["digit", "count", "port", "large", "status", "size"])
        if kind == "status":
            return self.often_the_same([str(-self.random.randrange(1, 120)) for _ in range(5)])
        if kind == "size":
            return lambda: str(2 ** self.random.randrange(9, 30))
        low, high = {"digit": (0, 10), "count": (2, 300), "port": (1_000, 66_000), "large": (10**6, 10**10)}[kind]
        return lambda: str(self.random.randrange(low, high))

    def error(self):
        return self.often_the_same(self.random.sample([os.strerror(number) for number in range(1, 40)], 8))

    def hexadecimal(self, prefix=""):
        digits = self.random.choice([8, 12, 32])
        return lambda: prefix + "%0*x" % (digits, self.random.getrandbits(4 * digits))

    def text(self, before, after):
        """What stands for a %s: one kind for each place."""
        draw, pool = self.random, self.random.choice
        is_quoted, is_last = before[-1:] in ("'", '"', "`") and before, not after.strip(" .)")
        if is_last and before.rstrip().endswith((":", "(")):
            chance = draw.random()
            if chance < 0.4:
                return self.error()
            if chance < 0.7:
                return self.often_the_same([self.phrase(2, 6) for _ in range(pool([4, 8, 20]))])
        kinds = ["path", "name", "host", "word", "state", "unit", "hexadecimal", "phrase", "user"]
        weights = [22, 20, 12, 14, 6, 8, 6, 20 if is_quoted else 4 if is_last else 0, 6]
        kind = draw.choices(kinds, weights)[0]
        if kind == "path":
            folders = ["/" + self.phrase(1, 3).replace(" ", "/") for _ in range(6)]
            return lambda: pool(folders) + "/" + self.name() + pool(["", "", ".conf", ".log", ".db", ".so"])
        if kind == "host" and draw.random() < 0.5:
            return lambda: ".".join(str(draw.randrange(1, 255)) for _ in range(4))
        if kind == "hexadecimal":
            return self.hexadecimal()
        domains = pool(["", ".example.com", ".local"])
        return self.often_the_same({
            "name": lambda: [self.name() for _ in range(pool([4, 10, 40, 200]))],
            "host": lambda: [pool(self.names) + str(draw.randrange(30)) + domains for _ in range(20)],
            "word": lambda: draw.sample(self.names, pool([4, 8, 20, 60])),
            "state": lambda: [word.upper() for word in draw.sample(self.words, pool([3, 4, 6]))],
            "unit": lambda: [self.name() + pool([".service", ".socket", ".mount"]) for _ in range(20)],
            "phrase": lambda: [self.phrase(1, 3) for _ in range(pool([5, 20, 60]))],
            "user": lambda: ["root", "admin", "guest", "www-data", "nobody"] + draw.sample(self.names, 6),
        }[kind]())

    def value(self, conversion, before, after):
        letter = "d" if re.search(r"u[iDLA]$", conversion) else "x" if re.search(r"x[DL]$", conversion) else conversion[-1]
        if letter in "diu":
            return self.number()
        if letter in "xXp":
            return self.hexadecimal("0x" if "#" in conversion or letter == "p" else "")
        if letter in "fge":
            return lambda: "%.3f" % (self.random.random() * 10 ** self.random.randrange(4))
        if letter == "c":
            return lambda: chr(self.random.randrange(65, 91))
        return self.error() if letter == "m" else self.text(before, after)


def messages(program, paths, names, seed):
    """Messages of a program and the number of the format of each; nothing if the program isn't here."""
    known = formats(paths)
    draw = random.Random(f"{program} {seed}")
    words = sorted({word for line in known for word in re.findall(r"\b[a-z]{3,12}\b", CONVERSION.sub("", line))})
    printing = [index for index, line in enumerate(known)
                if CONVERSION.search(line) and len(re.findall(r"[a-z]{3,}", CONVERSION.sub("", line))) >= 2]
    constant = [line for line in known if not CONVERSION.search(line)]
    if len(printing) < 2 * WITH_VALUES or len(constant) < WITHOUT:
        return [], []
    chosen, has_value = {}, set(printing)
    while len(chosen) < WITH_VALUES:
        start = draw.choice(printing)
        for index in range(start, min(start + 4, len(known))):
            if index in has_value and len(chosen) < WITH_VALUES:
                chosen[known[index]] = None
    chosen.update(dict.fromkeys(draw.sample(constant, WITHOUT)))
    values, places, order = Values(draw, words, names), {}, []
    for line in chosen:
        pieces, start = [], 0
        for found in CONVERSION.finditer(line):
            pieces += [line[start:found.start()], values.value(found.group(), line[:found.start()], line[found.end():])]
            start = found.end()
        # Formats that differ in the kind of a conversion alone print the same messages.
        truth = re.sub(r"(\0)+", "\0", CONVERSION.sub("\0", line))
        if truth not in places:
            order.append(truth)
        places.setdefault(truth, pieces + [line[start:]])
    draw.shuffle(order)
    weights = [1 / (rank + 1) ** 0.9 for rank in range(len(order))]
    truths = draw.choices(range(len(order)), weights, k=MESSAGES)
    lines = ["".join(piece if isinstance(piece, str) else piece() for piece in places[order[truth]]) for truth in truths]
    return lines, truths


def grouping(truths, groups):
    """GA, FGA and templates for each true one."""
    members, expected = {}, {}
    for index, (truth, group) in enumerate(zip(truths, groups)):
        expected.setdefault(truth, set()).add(index)
        members.setdefault(group, set()).add(index)
    exact = [lines for lines in expected.values() if members[groups[min(lines)]] == lines]
    return sum(map(len, exact)) / len(truths), 2 * len(exact) / (len(expected) + len(members)), len(members) / len(expected)


def auspex(lines):
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as file:
        csv.writer(file).writerows([["Content"]] + [[line] for line in lines])
        file.flush()
        run = subprocess.run([BINARY, "logs", "parse", file.name, "--column", "Content", "--no-join"], text=True,
                             capture_output=True, check=True)
    return [row["EventId"] for row in csv.DictReader(io.StringIO(run.stdout))]


def drain3(lines):
    from drain3 import TemplateMiner
    from drain3.masking import MaskingInstruction
    from drain3.template_miner_config import TemplateMinerConfig

    config = TemplateMinerConfig()
    config.masking_instructions = [MaskingInstruction(r"((?<=[^A-Za-z0-9])|^)" + mask + r"((?=[^A-Za-z0-9])|$)", "*")
                                   for mask in MASKS]
    miner = TemplateMiner(None, config)
    return [miner.add_log_message(line)["cluster_id"] for line in lines]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--program", action="append", default=[], metavar="NAME=PATH[,PATH]")
    options = parser.parse_args()
    programs = {name: paths.split(",") for name, _, paths in (one.partition("=") for one in options.program)} or PROGRAMS
    names = sorted({name for folder in ("/usr/bin", "/usr/sbin") for name in os.listdir(folder)
                    if re.fullmatch(r"[a-z]{3,12}", name)})
    miners = {"Auspex": auspex}
    try:
        import drain3 as _
        miners["Drain3"] = drain3
    except ImportError:
        print("what Auspex is compared with is missing: pip install drain3", file=sys.stderr)
    print(f"{'':14}" + "".join(f"{name + ' GA':>12}{'FGA':>7}{'ratio':>7}" for name in miners))
    sums, count = {name: [0.0, 0.0, 0.0] for name in miners}, 0
    for seed in options.seed or [1, 2]:
        for program, paths in programs.items():
            lines, truths = messages(program, paths, names, seed)
            if not lines:
                print(f"{program}, {seed}: not here, or too few format strings", file=sys.stderr)
                continue
            row, count = f"{program + ', ' + str(seed):14}", count + 1
            for name, miner in miners.items():
                figures = grouping(truths, miner(lines))
                sums[name] = [total + figure for total, figure in zip(sums[name], figures)]
                row += "{:>12.3f}{:>7.3f}{:>7.2f}".format(*figures)
            print(row, flush=True)
    if count:
        print(f"{'mean':14}" + "".join("{:>12.3f}{:>7.3f}{:>7.2f}".format(*(s / count for s in sums[name])) for name in miners))


if __name__ == "__main__":
    main()
