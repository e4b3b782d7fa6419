#!/usr/bin/env python3
"""Counts single tests in the JUnit files that ctest writes, one file for each part.

A GoogleTest program counts as its cases, read from its output; any other program as one test. A
program that fails although none of its cases did (a crash, a sanitizer, a time limit) is a failure
of its own, and named with the command that repeats it. Skipped tests are listed with their reason:
a skip that nobody sees is a hole.

Prints `N passed, N failed, N skipped` as the last line; exits with 1 when any failed.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

# "[       OK ] Room.case (3 ms)"; the list of failures at the end has no time and is not counted.
CASE = re.compile(
    r"\[ +(?P<result>OK|SKIPPED|FAILED) +\] (?P<name>\S+\.[^\s,]+).* \(\d+ ms\)$", re.MULTILINE)
# A test that draws a sample of its cases prints this.
REPEAT = re.compile(r"to repeat: (.+)$", re.MULTILINE)
RAN = re.compile(r"\[=+\] Running \d+ tests? from")


@dataclass
class Count:
    passed: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    repeat: list[str] = field(default_factory=list)

    def add(self, other: "Count") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.repeat += other.repeat


def reason_before(output: str, end: int) -> str:
    """The reason GoogleTest printed for the skip that ends at `end`."""
    start = output.rfind(": Skipped\n", 0, end)
    if start < 0:
        return "no reason given"
    lines = output[start:end].splitlines()[1:]
    return " ".join(line.strip() for line in lines if line.strip()) or "no reason given"


def count_cases(program: str, output: str) -> Count:
    count = Count()
    for case in CASE.finditer(output):
        name = f"{program}: {case['name']}"
        if case["result"] == "OK":
            count.passed += 1
        elif case["result"] == "FAILED":
            count.failed.append(name)
        else:
            count.skipped.append((name, reason_before(output, case.start())))
    return count


def skip_reason(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for line in reversed(lines):
        if line.upper().startswith("SKIP"):
            return line
    return lines[-1] if lines else "no reason given"


def repeat_command(part: str, name: str, output: str) -> str:
    only = "" if part == "release" else f"--only {part} "
    drawn = REPEAT.search(output)
    return drawn[1] if drawn else f"tools/test {only}{name}"


def count_program(part: str, test: ElementTree.Element) -> Count:
    name = test.get("name", "?")
    status = test.get("status")
    output = test.findtext("system-out") or ""
    count = Count()
    if status in ("notrun", "disabled"):
        message = test.find("skipped")
        explained = message is not None and "SKIP" in message.get("message", "")
        if explained:
            count.skipped.append((name, skip_reason(output)))
        else:  # a program that could not be started has proven nothing
            reason = message.get("message", status) if message is not None else status
            count.failed.append(f"{name}: did not run ({reason})")
        return count
    if RAN.search(output):
        count = count_cases(name, output)
    elif status == "run":
        count.passed = 1
    if status == "fail" and not count.failed:
        count.failed.append(f"{name}: the program failed outside its cases")
    if count.failed:
        count.repeat.append(repeat_command(part, name, output))
    return count


def main(paths: list[str]) -> int:
    total = Count()
    for path in paths:
        part = Path(path).stem
        count = Count()
        for test in ElementTree.parse(path).getroot().iter("testcase"):
            count.add(count_program(part, test))
        print(f"{part}: {count.passed} passed, {len(count.failed)} failed, "
              f"{len(count.skipped)} skipped")
        for name, reason in count.skipped:
            print(f"  skipped {name}: {reason}")
        for name in count.failed:
            print(f"  FAILED {name}")
        for command in count.repeat:
            print(f"  to repeat: {command}")
        total.add(count)
    print(f"{total.passed} passed, {len(total.failed)} failed, {len(total.skipped)} skipped")
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
