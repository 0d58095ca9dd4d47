"""Each file of bad/ is put into the sound folder; the comments at its top tell the faults to be found."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from knowledge import checks
from knowledge.faults import KnowledgeError
from knowledge.loader import load

BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))
REPLACES = "# replaces: "
EXPECTS = "# expects: "
ROOTS = ("national/", "regions/")

Check = Callable[..., Iterator[checks.Problem]]


def faults(folder: Path) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        load(folder)
    return [str(fault) for fault in caught.value.faults]


def spoil(folder: Path, bad: Path) -> list[str]:
    """Put a bad file into the folder and return the faults that it expects, as they are printed.

    A fault of the bad file itself begins with its line; one of another file begins with that file.
    """
    lines = bad.read_text(encoding="utf-8").splitlines()
    target = lines[0].removeprefix(REPLACES)
    shutil.copyfile(bad, folder / target)
    expected = [line.removeprefix(EXPECTS) for line in lines if line.startswith(EXPECTS)]
    return [text if text.startswith(ROOTS) else f"{target}:{text}" for text in expected]


def reword(folder: Path, key: str, sentence: str) -> int:
    """Put another sentence into the bot's own and return its line."""
    file = folder / "national/wording.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    number = next(number for number, line in enumerate(lines) if line.startswith(f"{key}:"))
    lines[number] = f"{key}: {sentence}"
    file.write_text("\n".join(lines), encoding="utf-8")
    return number + 1


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.stem)
def test_a_bad_file_is_refused_with_all_its_faults(folder: Path, bad: Path) -> None:
    expected = spoil(folder, bad)
    assert expected
    assert faults(folder) == expected


@pytest.mark.parametrize(
    ("key", "sentence", "message"),
    [
        ("unknown", "没有找到，请打 12393。", "digits (12393) stand in the text; no figure holds everywhere"),
        ("region_set", "按{city}的文件回答。", "nothing is filled in for city; allowed: place"),
        ("ask_region", "您在{place}参保吗？", "nothing is filled in for place; allowed: nothing"),
        ("past", "这是{year的标准。", "a brace stands alone; a name is written like {place}"),
    ],
)
def test_a_bad_sentence_of_the_bot_is_a_fault(folder: Path, key: str, sentence: str, message: str) -> None:
    line = reword(folder, key, sentence)
    assert faults(folder) == [f"national/wording.yaml:{line}:1: {key}: {message}"]


def test_every_check_is_broken_by_some_bad_file(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken: set[str] = set()

    def watched(original: Check) -> Check:
        def run(*knowledge: Any) -> Iterator[checks.Problem]:
            for problem in original(*knowledge):
                broken.add(original.__name__)
                yield problem

        return run

    names = {function.__name__ for function in (*checks.NATIONAL_CHECKS, *checks.REGION_CHECKS)}
    monkeypatch.setattr(checks, "NATIONAL_CHECKS", tuple(map(watched, checks.NATIONAL_CHECKS)))
    monkeypatch.setattr(checks, "REGION_CHECKS", tuple(map(watched, checks.REGION_CHECKS)))
    for bad in BAD:
        spoilt = Path(shutil.copytree(folder, tmp_path / bad.stem))
        spoil(spoilt, bad)
        faults(spoilt)
    reword(folder, "past", "这是{day}的标准。")
    faults(folder)
    assert broken == names


@pytest.mark.parametrize(
    "name",
    [
        "national/dimensions.yaml",
        "national/lexicon/amounts.yaml",
        "national/lexicon/days.yaml",
        "national/lexicon/people.yaml",
        "national/lexicon/values.yaml",
        "national/out_of_scope.yaml",
        "national/places.yaml",
        "national/smalltalk.yaml",
        "national/wording.yaml",
        "regions/testland/answers.yaml",
        "regions/testland/figures.yaml",
        "regions/testland/gaps.yaml",
        "regions/testland/region.yaml",
        "regions/testland/rules.yaml",
    ],
)
def test_a_missing_file_is_a_fault(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert faults(folder) == [f"{name}:1:1: the file is missing"]


@pytest.mark.parametrize("name", ["national/topics", "national/lexicon/concepts"])
def test_a_folder_without_files_is_a_fault(folder: Path, name: str) -> None:
    shutil.rmtree(folder / name)
    assert faults(folder) == [f"{name}:1:1: there is no .yaml file in this folder"]


def test_a_folder_without_regions_is_a_fault(folder: Path) -> None:
    shutil.rmtree(folder / "regions")
    assert faults(folder) == ["regions:1:1: there is no region folder"]


def test_a_file_in_another_encoding_is_a_fault(folder: Path) -> None:
    gaps = folder / "regions/testland/gaps.yaml"
    gaps.write_bytes(gaps.read_text(encoding="utf-8").encode("gb18030"))
    assert faults(folder) == ["regions/testland/gaps.yaml:1:1: not UTF-8 at byte 22; save the file as UTF-8"]


def test_places_of_two_regions_have_no_name_in_common(folder: Path) -> None:
    other = Path(shutil.copytree(folder / "regions/testland", folder / "regions/zebraland"))
    region = other / "region.yaml"
    text = region.read_text(encoding="utf-8")
    text = text.replace("name: 柳溪市", "name: 松岭市").replace("[柳溪]", "[柳溪, 松岭]")
    region.write_text(text, encoding="utf-8")
    assert faults(folder) == [
        "regions/zebraland/region.yaml:13:3: place.aliases: 柳溪 is a name of testland, too",
        "regions/zebraland/region.yaml:14:3: place.districts: 溪东区 is a name of testland, too",
        "regions/zebraland/region.yaml:15:3: place.nicknames: 柳城 is a name of testland, too",
    ]


def test_faults_of_all_files_are_told_at_once_in_order(folder: Path) -> None:
    (folder / "national/wording.yaml").unlink()
    (folder / "national/places.yaml").write_text("云泽省: {short: 云泽}\n", encoding="utf-8")
    (folder / "national/topics/more.yaml").write_text("refund: [退费]\n", encoding="utf-8")
    (folder / "regions/testland/gaps.yaml").write_text("pay_time: {}\npay_time: {}\n", encoding="utf-8")
    assert faults(folder) == [
        "national/places.yaml:1:1: 云泽省: the field cities is missing",
        "national/places.yaml:1:7: 云泽省.short: must be a list (lines that begin with `-`, or [one, two])",
        "national/topics/more.yaml:1:1: refund: must hold fields (lines of `name: value`)",
        "national/wording.yaml:1:1: the file is missing",
        "regions/testland/gaps.yaml:2:1: the key pay_time stands twice",
    ]


def test_a_broken_file_brings_no_faults_of_references_into_it(folder: Path) -> None:
    (folder / "regions/testland/figures.yaml").write_text("premium.adult: 320\n", encoding="utf-8")
    assert faults(folder) == [
        "regions/testland/figures.yaml:1:1: premium.adult: must hold fields (lines of `name: value`)"
    ]
