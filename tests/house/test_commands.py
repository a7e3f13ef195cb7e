"""What a newcomer types first works or says why not."""

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

from tests.support.databases import ROOT

TOOLS = ("sh", "dirname", "cat", "cksum", "cut", "sed", "pwd")


def test_without_a_python_new_enough_it_says_what_to_install(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name) or name)
    old = tools / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    checkout = tmp_path / "a checkout" / "scripts" / "house"
    checkout.mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "house" / "python.sh", checkout)
    done = subprocess.run(
        ["sh", str(checkout / "python.sh")],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert "apt-get install" in done.stderr


def test_a_taken_port_is_said_before_anything_else_happens(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            ["sh", "scripts/house/run.sh"],
            cwd=ROOT,
            env=os.environ | {"PORT": str(port), "HUDDL_DATA_DIR": str(tmp_path / "data")},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert "make run PORT=" in done.stderr
    assert not (tmp_path / "data").exists()


def test_every_target_is_one_line_and_listed_by_help() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = {name for line in re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE) for name in line.split()}
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert phony == set(re.findall(r"^  make ([a-z0-9-]+) ", listed, re.MULTILINE))
    recipes = re.split(r"^\S.*$", makefile, flags=re.MULTILINE)
    assert all(recipe.count("\n\t") <= 1 for recipe in recipes)


def test_no_tracked_file_names_a_directory_of_one_machine() -> None:
    done = subprocess.run(["sh", "scripts/house/paths.sh"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
