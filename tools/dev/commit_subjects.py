#!/usr/bin/env python3
"""How a commit's subject is written. Looks at the commits after the one that added this file.

A subject has an area in front, names one topic, and has at most 72 characters:

    data: retry EIO before calling a sample bad

Run by tools/dev/check. The body says why.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RULE = "tools/dev/commit_subjects.py"
LENGTH = 72
AREA = re.compile(r"[a-z][a-z0-9_./-]*(, [a-z][a-z0-9_./-]*)*: \S")


def problems(subject: str) -> list[str]:
    found = []
    if len(subject) > LENGTH:
        found.append(f"{len(subject)} characters; {LENGTH} is the most")
    if not AREA.match(subject):
        found.append("no area in front, as in 'data: retry EIO'")
    if ";" in subject:
        found.append("a semicolon: two topics are two commits")
    if subject.endswith("."):
        found.append("a full stop at the end")
    return found


def git(*words: str) -> str:
    return subprocess.run(["git", "-C", str(ROOT), *words], check=True, capture_output=True,
                          text=True).stdout


def main() -> int:
    try:
        added = git("log", "--diff-filter=A", "--format=%H", "--", RULE).split()
    except (subprocess.CalledProcessError, FileNotFoundError):
        print("no git history here: commit subjects are not looked at")
        return 0
    if not added:  # the rule itself is not committed yet
        return 0
    count = 0
    for line in git("log", "--no-merges", "--format=%h %s", f"{added[-1]}..HEAD").splitlines():
        commit, _, subject = line.partition(" ")
        for problem in problems(subject):
            print(f"commit {commit}: {problem}: {subject}")
            count += 1
    if count:
        print(f"{count} problems; 'git commit --amend' or 'git rebase -i' changes a subject")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
