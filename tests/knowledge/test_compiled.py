from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knowledge import cache, compiled, loader
from knowledge.compiled import read
from knowledge.contents import Knowledge, Region
from knowledge.faults import KnowledgeError
from knowledge.loader import load


@pytest.fixture(autouse=True)
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / cache.FOLDER


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """The folders that were read and checked, in order."""
    folders: list[Path | None] = []

    def counted(folder: Path | None = None) -> Knowledge:
        folders.append(folder)
        return load(folder)

    monkeypatch.setattr(loader, "load", counted)
    return folders


def plain(region: Region) -> Region:
    return Region(region.id, region.info, region.figures, region.answers, region.gaps, region.rules)


def test_it_reads_what_was_loaded(folder: Path, loads: list[Path | None]) -> None:
    loaded = load(folder)
    for _ in range(2):
        knowledge = read(folder)
        assert knowledge.national == loaded.national
        assert {name: plain(region) for name, region in knowledge.regions.items()} == loaded.regions
    assert loads == [folder]


def test_the_packaged_knowledge_comes_back_whole() -> None:
    loaded = load()
    read()
    knowledge = read()

    assert knowledge.national == loaded.national
    assert [plain(region) for region in knowledge.regions.values()] == [*loaded.regions.values()]


def test_a_region_is_read_when_its_contents_are_asked_for(folder: Path) -> None:
    read(folder)
    region = read(folder).regions["testland"]

    assert "figures" not in vars(region)
    assert region.info.place.name
    assert "figures" not in vars(region)
    assert region.figures
    assert "rules" not in vars(region), "each part by itself"
    assert region.rules
    assert "rules" in vars(region)
    with pytest.raises(AttributeError):
        _ = region.nothing  # type: ignore[attr-defined]


def test_contents_are_let_go_and_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "MOST_HELD", 2)
    read()
    regions = list(read().regions.values())
    figures = [region.figures for region in regions]

    assert ["figures" in vars(region) for region in regions] == [False] * (len(regions) - 2) + [True] * 2
    assert [region.figures for region in regions] == figures


def test_those_asked_about_last_hold_their_contents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "MOST_HELD", 2)
    read()
    regions = read().regions
    first, second, third, *_ = regions
    for name in (first, second, first, third):
        assert regions[name].answers

    assert [name for name in regions if "answers" in vars(regions[name])] == [first, third]


def test_any_change_is_read_and_checked(folder: Path, loads: list[Path | None]) -> None:
    read(folder)
    file = folder / "regions/testland/figures.yaml"
    sound = file.read_text(encoding="utf-8")
    file.write_text(f"{sound}\nodd: {{name: x}}\n", encoding="utf-8")
    with pytest.raises(KnowledgeError):
        read(folder)
    with pytest.raises(KnowledgeError):
        read(folder)

    file.write_text(f"{sound}\n# nothing new\n", encoding="utf-8")
    read(folder)
    file.write_text(sound, encoding="utf-8")
    read(folder)
    assert len(loads) == 4, "the state from before is still known"


def test_a_region_folder_more_or_a_file_less_is_seen(folder: Path) -> None:
    read(folder)
    (folder / "regions/empty").mkdir()
    with pytest.raises(KnowledgeError):
        read(folder)
    (folder / "regions/empty").rmdir()
    (folder / "regions/testland/gaps.yaml").unlink()
    with pytest.raises(KnowledgeError):
        read(folder)


def test_a_spoilt_cache_is_made_again(folder: Path, cached: Path, loads: list[Path | None]) -> None:
    read(folder)
    for spoilt in (b"", b"\0" * 4096):
        for file in cached.iterdir():
            file.write_bytes(spoilt)
        assert read(folder).regions["testland"].figures
    key = compiled._key(folder)
    cache.keep("knowledge", key, b"\0\0\0\0\0\0\0\x04none")
    assert read(folder).regions["testland"].figures
    assert len(loads) == 4

    read(folder)
    assert len(loads) == 4


def test_without_a_cache_it_is_loaded(folder: Path, cached: Path, loads: list[Path | None]) -> None:
    cached.parent.mkdir()
    cached.write_text("no folder", encoding="utf-8")
    for _ in range(2):
        assert read(folder).regions["testland"].figures
    assert len(loads) == 2


def test_knowledge_that_changes_while_it_is_read_is_not_kept(
    folder: Path, cached: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed_meanwhile(root: Path) -> Knowledge:
        knowledge = load(root)
        file = root / "regions/testland/answers.yaml"
        file.write_text(f"{file.read_text(encoding='utf-8')}\n# later\n", encoding="utf-8")
        return knowledge

    monkeypatch.setattr(loader, "load", changed_meanwhile)
    assert read(folder).regions
    assert not cached.exists()


def test_a_kept_region_outlives_its_file(folder: Path, cached: Path) -> None:
    read(folder)
    region = read(folder).regions["testland"]
    shutil.rmtree(cached)

    assert region.answers
