"""docs/deploy.md names what there is: files, settings, headings, YAML that Kubernetes takes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
TEXT = (CHECKOUT / "docs" / "deploy.md").read_text(encoding="utf-8")


def test_every_file_of_the_folder_is_told_of() -> None:
    names = {file.name for file in (CHECKOUT / "deploy").iterdir() if file.is_file() and file.name != ".env"}

    assert {name for name in names if name not in TEXT} == set()


def test_the_files_named_are_there() -> None:
    operators = {"deploy/.env", "deploy/secrets/", "deploy/tls/"}  # make these

    assert {
        name for name in re.findall(r"deploy/[\w./-]+", TEXT) if not (CHECKOUT / name).exists()
    } <= operators


def test_the_variables_named_are_settings(variables: frozenset[str]) -> None:
    assert set(re.findall(r"YIBAO_[A-Z_]+[A-Z]", TEXT)) <= variables


def test_every_secret_has_its_line(secrets: frozenset[str]) -> None:
    (table,) = re.findall(r"\| 文件 \|.*?\n\n", TEXT, re.DOTALL)

    assert set(re.findall(r"yibao_\w+", table)) == secrets


def test_the_links_lead_somewhere() -> None:
    headings = {re.sub(r"[，、]", "", heading) for heading in re.findall(r"^## (.+)$", TEXT, re.MULTILINE)}

    for page, anchor in re.findall(r"\]\(([\w./]*\.md)?(?:#([^)]+))?\)", TEXT):
        assert not page or (CHECKOUT / "docs" / page).exists()
        assert page or anchor in headings


def test_the_example_for_kubernetes_is_valid(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    file = tmp_path / "ingress.yaml"
    file.write_text(example, encoding="utf-8")

    done = subprocess.run(
        [Path(sys.executable).with_name("kubernetes-validate"), "--strict", "-k", "1.31", file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["README.md", "docs/storage.md"])
def test_other_pages_lead_here(name: str) -> None:
    assert "deploy.md" in (CHECKOUT / name).read_text(encoding="utf-8")
