from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.faults import Fault
from knowledge.reading import FileError, locate, read_yaml

QUOTES = "text with { } [ ] : or # in it may need quotes"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "some.yaml"


@pytest.mark.parametrize(
    "scalar", ["no", "yes", "1:30", "012", "0x1F", "1e3", "2023-01-01", "~", "null", "3.10", "85%", "1_000"]
)
def test_scalars_stay_what_was_written(file: Path, scalar: str) -> None:
    file.write_text(f"a: {scalar}\nb: [{scalar}]\n{scalar}: c\n", encoding="utf-8")
    assert read_yaml(file, "some.yaml") == {"a": scalar, "b": [scalar], scalar: "c"}


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n"])
def test_an_empty_file_is_an_empty_mapping(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    assert read_yaml(file, "some.yaml") == {}


def test_a_list_may_stand_under_a_name_and_be_used_again(file: Path) -> None:
    file.write_text("a: &few [x, y]\nb: *few\n", encoding="utf-8")
    assert read_yaml(file, "some.yaml") == {"a": ["x", "y"], "b": ["x", "y"]}


def test_tags_build_nothing(file: Path) -> None:
    file.write_text("a: !!python/name:os.system x\nb: !!int 3\n", encoding="utf-8")
    assert read_yaml(file, "some.yaml") == {"a": "x", "b": "3"}


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (b"a: 1\na: 2\n", "some.yaml:2:1: the key a stands twice"),
        (b"a:\n  - {b: 1, b: 2}\n", "some.yaml:2:12: the key b stands twice"),
        (b"a: 1\n'a': 2\n", "some.yaml:2:1: the key a stands twice"),
        (
            b"{a.b}: 1\n",
            "some.yaml:1:1: a key must be text (text that begins with { or [ needs quotes)",
        ),
        (b"a: \xff\n", "some.yaml:1:1: not UTF-8 at byte 3; save the file as UTF-8"),
        (
            b"a: b: c\n",
            "some.yaml:1:5: not YAML: mapping values are not allowed in this context; " + QUOTES,
        ),
        (
            b"a: &x [*x]\n",
            "some.yaml:1:4: found unconstructable recursive node",
        ),
    ],
)
def test_a_file_that_cannot_be_read_names_the_place(file: Path, written: bytes, fault: str) -> None:
    file.write_bytes(written)
    with pytest.raises(FileError) as caught:
        read_yaml(file, "some.yaml")
    assert str(caught.value.fault) == str(caught.value) == fault


def test_a_control_character_makes_a_fault_of_one_line(file: Path) -> None:
    file.write_bytes(b"a: \x07\n")
    with pytest.raises(FileError) as caught:
        read_yaml(file, "some.yaml")
    assert str(caught.value).startswith("some.yaml:1:1: not YAML: ")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_left_to_the_caller(file: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_yaml(file, "some.yaml")


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ((), (1, 1)),
        (("一",), (2, 1)),
        (("一", "b"), (3, 3)),
        (("一", "b", 1), (3, 10)),
        (("一", "c", 0, "d"), (5, 7)),
        (("一", "c", 7), (4, 3)),
        (("一", "z"), (2, 1)),
        (("一", "b", 1, "deeper"), (3, 10)),
        (("z",), (1, 1)),
    ],
)
def test_a_place_is_found_by_its_keys(
    file: Path, keys: tuple[str | int, ...], place: tuple[int, int]
) -> None:
    file.write_text("# top\n一:\n  b: [x, y]\n  c:\n    - d: 1\n", encoding="utf-8")
    assert locate(file, keys) == place


def test_faults_sort_by_file_and_place() -> None:
    faults = [
        Fault("b", 1, 1, "", "x"),
        Fault("a", 10, 1, "", "x"),
        Fault("a", 9, 2, "", "x"),
        Fault("a", 9, 1, "", "x"),
    ]
    assert [str(fault) for fault in sorted(faults)] == ["a:9:1: x", "a:9:2: x", "a:10:1: x", "b:1:1: x"]


def test_a_fault_names_its_path_where_it_has_one() -> None:
    assert str(Fault("a.yaml", 3, 5, "one.two", "is empty")) == "a.yaml:3:5: one.two: is empty"
