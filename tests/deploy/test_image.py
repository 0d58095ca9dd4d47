"""The image, as far as it can be checked without a Docker daemon."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
DOCKERFILE = CHECKOUT / "deploy" / "Dockerfile"
HADOLINT = Path(sys.executable).with_name("hadolint")

Instructions = list[tuple[str, str]]


def last(dockerfile: Instructions, name: str) -> str:
    return [rest for instruction, rest in dockerfile if instruction == name][-1]


@pytest.mark.skipif(not HADOLINT.exists(), reason="hadolint is there for Linux on x86_64 only")
def test_hadolint_finds_nothing() -> None:
    done = subprocess.run(
        [HADOLINT, "--failure-threshold", "style", DOCKERFILE], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_base_is_pinned_to_the_python_that_is_tested(dockerfile: Instructions) -> None:
    argument, _, image = last(dockerfile, "ARG").partition("=")
    bases = [rest.split()[0] for name, rest in dockerfile if name == "FROM"]

    name, _, image = dockerfile[0][1].partition("=")
    assert bases == [f"${{{name}}}"] * 2
    assert re.fullmatch(r"python:3\.11\.\d+-slim-\w+", image)
    assert argument == "PIP_INDEX_URL"


def test_it_runs_as_a_user_without_a_name_whom_the_data_belong_to(dockerfile: Instructions) -> None:
    uid, gid = last(dockerfile, "USER").split(":")
    folder = last(dockerfile, "VOLUME")

    assert (uid, gid) == ("10001", "10001")
    assert last(dockerfile, "RUN") == f"install --directory --owner={uid} --group={gid} --mode=0700 {folder}"
    assert f"YIBAO_DATA_DIR={folder}" in last(dockerfile, "ENV").split()


def test_the_bot_itself_gets_the_signals(dockerfile: Instructions) -> None:
    assert json.loads(last(dockerfile, "ENTRYPOINT")) == ["yibao"]
    assert json.loads(last(dockerfile, "CMD")) == ["serve"]


def test_its_variables_are_settings_and_none_is_a_secret(
    dockerfile: Instructions, variables: frozenset[str], secrets: frozenset[str]
) -> None:
    names = {
        word.partition("=")[0] for name, rest in dockerfile if name in {"ENV", "ARG"} for word in rest.split()
    }
    settings = {name for name in names if name.startswith("YIBAO_")}

    assert settings <= variables
    assert not {name.lower() for name in names} & secrets


def test_the_builder_gets_what_is_installed_and_nothing_else(dockerfile: Instructions) -> None:
    ignored = [
        line for line in (CHECKOUT / ".dockerignore").read_text().splitlines() if line[:1] not in {"", "#"}
    ]
    copied = {
        source
        for name, rest in dockerfile
        if name == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }

    assert ignored[0] == "*"
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == copied
    assert all((CHECKOUT / source).exists() for source in copied)


def test_the_extras_are_those_of_the_project(dockerfile: Instructions) -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (extras,) = re.findall(r"\[([a-z,]+)\]", " ".join(rest for name, rest in dockerfile if name == "RUN"))

    assert set(extras.split(",")) == set(project["optional-dependencies"]) - {"dev"}


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "kubernetes.yaml"])
def test_the_image_carries_the_version_of_the_project(name: str) -> None:
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    assert set(re.findall(r"yibao-bot:(\S+)", (CHECKOUT / "deploy" / name).read_text())) == {version}
