"""jieba's own words, read as they are needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.understanding.dictionary import Dictionary, dictionary, import_jieba
from bot.understanding.jieba_engine import JiebaEngine


def test_it_holds_jiebas_words_and_their_beginnings() -> None:
    tokenizer = import_jieba().Tokenizer()
    counts, total = tokenizer.gen_pfdict(tokenizer.get_dict_file())

    words = dictionary()

    assert words.total == total
    assert dict(words) == counts
    assert set(words.characters) == {word[0] for word in counts}


def test_the_words_of_one_character_are_read_by_themselves() -> None:
    words = dictionary()

    assert "医院" in words.beginning_with("医")
    assert all(word.startswith("医") for word in words.beginning_with("医"))
    assert words.beginning_with("😀") == {}


def test_it_is_there_where_nothing_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("bot.understanding.dictionary._held", {})

    words: Dictionary = dictionary()

    assert words.beginning_with("医")["医院"] > 0


def test_a_character_that_is_met_later_brings_its_words() -> None:
    engine = JiebaEngine({"医保办": 500_000})

    assert engine.cut("看病") == ["看病"]
    assert engine.cut("去医保办看病") == ["去", "医保办", "看病"]
    assert engine.cut("😀医院㗎") == ["😀", "医院", "㗎"]
