"""Makes commits and GTO's tags in a git repository, step by step, through GTO itself.

    python tag-repository.py <repository> < steps.json

A step is {"do": "commit" | "register" | "deregister" | "assign" | "unassign" | "deprecate", "at": seconds, ...}: a commit
has "files" by path; the others have "name", and "version", "stage", "ref", "author", "email", "message" and "force" as GTO
takes them. Tags get the time of their step: one library that GTO writes them with asks the clock, the other git's variable.
Prints a line for every step that GTO refuses.
"""

import json
import os
import subprocess
import sys
import time

from gto import api

repository = sys.argv[1]
now = 0.0
time.time = lambda: now


def commit(step):
    for path, content in step["files"].items():
        file = os.path.join(repository, path)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "w", encoding="utf-8") as out:
            out.write(content)
    stamp = f"{step['at']} +0000"
    dates = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
    git = ["git", "-C", repository, "-c", "user.name=Ada Example", "-c", "user.email=ada@example.com"]
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run(
        [*git, "commit", "-q", "--allow-empty", "-m", step.get("message", "Change")],
        check=True,
        env={**os.environ, **dates},
    )


def tag(step):
    about = {"message": step.get("message"), "author": step["author"], "author_email": step["email"]}
    about["force"] = step.get("force", False)
    name, version, stage, ref = (step.get(key) for key in ("name", "version", "stage", "ref"))
    action = step["do"]
    if action == "register":
        api.register(repository, name, ref or "HEAD", version=version, simple=step.get("simple"), **about)
    elif action == "deregister":
        api.deregister(repository, name, version=version, simple=step.get("simple"), **about)
    elif action == "assign":
        api.assign(repository, name, stage, version=version, ref=ref, skip_registration=ref is not None, **about)
    elif action == "unassign":
        api.unassign(repository, name, version=version, ref=ref, stage=stage, **about)
    else:
        api.deprecate(repository, name, simple=step.get("simple"), **about)


for number, step in enumerate(json.load(sys.stdin)):
    now = float(step["at"])
    os.environ["GIT_COMMITTER_DATE"] = f"{step['at']} +0000"
    try:
        (commit if step["do"] == "commit" else tag)(step)
    except Exception as error:  # told to whoever runs it, who expects it or not
        print(f"step {number}: {type(error).__name__}: {error}")
