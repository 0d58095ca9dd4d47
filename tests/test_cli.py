"""The commands, as a person or a script runs them."""

from __future__ import annotations

import asyncio
import io
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from bot.cli import main
from bot.commands import DONE, NO, WRONG
from bot.config import Config
from bot.core import Core, read_core
from bot.passwords import Password
from knowledge import PACKAGED

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def core() -> Core:
    return read_core()


@pytest.fixture
def ready(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare a command the reading of the core, which takes it seconds."""
    monkeypatch.setattr("bot.core.read_core", lambda *_, **__: core)
    monkeypatch.setattr("bot.app.read_core", lambda *_, **__: core)


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", *(field.upper() for field in Config.model_fields)):
        monkeypatch.delenv(f"YIBAO_{name}", raising=False)
    monkeypatch.setenv("YIBAO_DATA_DIR", str(tmp_path / "var"))


def copy_of_knowledge(folder: Path) -> Path:
    for name in ("national", "regions"):
        shutil.copytree(PACKAGED / name, folder / name)
    return folder


# --- ask --------------------------------------------------------------------------------------------------


def test_ask_prints_the_reply(capsys: Captured) -> None:
    assert main(["ask", "大同孩子的医保一年交多少钱"]) == DONE

    assert "350" in capsys.readouterr().out


@pytest.mark.usefixtures("ready")
def test_ask_for_an_unknown_region_names_the_known_ones(capsys: Captured) -> None:
    assert main(["ask", "多少钱", "--region", "atlantis"]) == WRONG

    assert "there is no region atlantis; known: datong, " in capsys.readouterr().err


@pytest.mark.usefixtures("ready")
def test_ask_with_a_region_prints_json_as_the_api_gives_it(capsys: Captured) -> None:
    assert main(["ask", "孩子的医保一年交多少钱", "--region", "datong", "--json"]) == DONE

    reply = json.loads(capsys.readouterr().out)
    assert set(reply) == {
        "reply", "kind", "topic", "region", "options", "calculation", "sources", "turn",
    }  # fmt: skip
    assert (reply["kind"], reply["region"]) == ("answer", "datong")


@pytest.mark.usefixtures("ready")
def test_ask_takes_a_text_that_is_no_unicode(capsys: Captured) -> None:
    assert main(["ask", b"\xff\xfe".decode(errors="surrogateescape")]) == DONE

    assert capsys.readouterr().out.strip()


NOT_FOR_ASKING = {
    "aiohttp", "asyncio", "cryptography", "jinja2", "pkg_resources", "prometheus_client", "prompt_toolkit",
    "pypinyin", "rich", "sqlite3", "yaml",
}  # fmt: skip


@pytest.mark.usefixtures("core")  # which leaves the compiled knowledge in the cache
def test_ask_imports_nothing_that_only_other_commands_need() -> None:
    script = "import sys; from bot.cli import main; main(['ask', '大同的学生交多少钱']); print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script], capture_output=True, encoding="utf-8", check=True
    )

    answer, _, modules = ran.stdout.rpartition("sys ")
    assert "350 元" in answer
    assert NOT_FOR_ASKING.isdisjoint(modules.split())


# --- calc -------------------------------------------------------------------------------------------------


def test_calc_prints_amount_working_and_source(capsys: Captured) -> None:
    assert main(["calc", "wendeng", "inpatient", "cost=50000", "tier=two", "level=l3"]) == DONE

    out = capsys.readouterr().out
    assert "28560 元" in out
    assert "（40000 − 800） × 55%" in out
    assert "依据：《" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["atlantis", "inpatient"], "there is no region atlantis; known: datong, "),
        (["wendeng", "lottery"], "there is no calculator lottery; known: "),
        (["wendeng", "inpatient", "50000"], "inputs are written key=value, not 50000"),
        (["wendeng", "inpatient", "cost=-1", "tier=seven"], "tier"),
        (["wendeng", "inpatient", "tier=two", "level=l3"], "cost="),
    ],
)
def test_calc_says_what_is_wrong(arguments: list[str], message: str, capsys: Captured) -> None:
    assert main(["calc", *arguments]) == WRONG

    captured = capsys.readouterr()
    assert captured.err.startswith("yibao: ")
    assert message in captured.err
    assert captured.out == ""


def test_calc_sets_tiers_side_by_side(capsys: Captured) -> None:
    assert main(["calc", "dianjiang", "inpatient", "cost=20000", "level=l3", "compare=tier"]) == DONE

    out = capsys.readouterr().out
    assert "· 一档：医保报销 9600 元" in out
    assert "比一档多报 960 元，算上保费多得 585 元" in out
    assert "依据：《" in out


def test_calc_says_when_the_dearer_tier_pays_less_than_it_costs(capsys: Captured) -> None:
    assert main(["calc", "dianjiang", "inpatient", "cost=1000", "level=l3", "compare=tier"]) == DONE

    assert "多报 10 元，算上保费少得 365 元" in capsys.readouterr().out


def test_calc_tells_what_the_document_leaves_out_of_a_comparison(capsys: Captured) -> None:
    inputs = ["cost=10000", "level=l3", "deductible=不知道", "compare=place"]
    assert main(["calc", "liaocheng", "inpatient", *inputs]) == DONE

    assert "· 异地：到市外住院怎么报" in capsys.readouterr().out


def test_calc_takes_the_stays_of_a_year(capsys: Captured) -> None:
    stays = '[{"cost": 20000, "level": "l3a"}, {"cost": 30000, "level": "l1"}]'
    assert main(["calc", "datong", "combined", f"stays={stays}"]) == DONE

    out = capsys.readouterr().out
    assert "· 第 1 次住院（三级甲等医院）：（20000 − 1000） × 60% = 11400 元" in out
    assert "· 第 2 次住院（一级医院）：（30000 − 50） × 85% = 25457.5 元" in out


# --- check and coverage -----------------------------------------------------------------------------------


def test_check_finds_no_fault_in_what_is_packaged(capsys: Captured) -> None:
    assert main(["check"]) == DONE

    assert re.fullmatch(r"no faults: 5 regions, \d+ topics\n", capsys.readouterr().out)


def test_check_prints_every_fault_of_a_folder(tmp_path: Path, capsys: Captured) -> None:
    folder = copy_of_knowledge(tmp_path / "knowledge")
    for region in ("datong", "wendeng"):
        with (folder / "regions" / region / "figures.yaml").open("a", encoding="utf-8") as file:
            file.write("\nbroken.figure: {name: 坏的, clause: 一, yuan: 三百}\n")

    assert main(["check", str(folder)]) == NO

    faults = capsys.readouterr().out.splitlines()
    assert any(re.match(r"regions/datong/figures\.yaml:\d+:\d+: broken\.figure", fault) for fault in faults)
    assert any(re.match(r"regions/wendeng/figures\.yaml:\d+:\d+: broken\.figure", fault) for fault in faults)


def add_phrasing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, topic: str) -> None:
    """Have an office's addition in an overlay, which the settings name."""
    folder = tmp_path / "ours"
    (folder / "additions").mkdir(parents=True)
    text = f"{{phrasing: 本本丢了上哪补, topic: {topic}, by: 王敏, at: 2026-11-22T09:30:00Z, status: live}}\n"
    (folder / "additions" / "one.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("YIBAO_KNOWLEDGE_OVERLAY", str(folder))


def test_check_prints_the_faults_of_an_overlay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    add_phrasing(tmp_path, monkeypatch, "no_such_topic")

    assert main(["check"]) == NO

    assert capsys.readouterr().out.startswith("additions/one.yaml:1:21: topic: there is no topic")


def test_ask_knows_what_the_office_has_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    add_phrasing(tmp_path, monkeypatch, "premium")

    assert main(["ask", "本本丢了上哪补", "--region", "datong"]) == DONE

    assert "350" in capsys.readouterr().out


def test_hash_password_prints_a_hash_of_what_is_piped_in(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("ein langes Geheimnis\n"))
    assert main(["hash-password"]) == DONE
    assert Password.read(capsys.readouterr().out.strip()).is_("ein langes Geheimnis")

    monkeypatch.setattr("sys.stdin", io.StringIO("kurz\n"))
    assert main(["hash-password"]) == WRONG
    assert "at least 8" in capsys.readouterr().err


def test_check_of_no_folder_says_so(tmp_path: Path, capsys: Captured) -> None:
    assert main(["check", str(tmp_path / "none")]) == WRONG

    assert "there is no folder" in capsys.readouterr().err


def test_coverage_prints_a_row_for_every_topic(capsys: Captured) -> None:
    assert main(["coverage"]) == DONE

    out = capsys.readouterr().out
    assert "大同市" in out
    assert out.count("\n") > 100


# --- eval -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("ready")
def test_eval_prints_the_share_and_what_failed(tmp_path: Path, capsys: Captured) -> None:
    cases = [
        {"id": "A", "turns": ["大同孩子的医保一年交多少钱"], "expect": "answer", "must": [["350"]]},
        {
            "id": "B",
            "turns": ["大同孩子的医保一年交多少钱"],
            "expect": "answer",
            "must": [["一百万"]],
            "why": "试",
        },
    ]
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps(case) for case in cases), encoding="utf-8")

    assert main(["eval", str(file)]) == DONE
    assert main(["eval", str(file), "--min", "80", "--failures", "0"]) == NO

    out = capsys.readouterr().out
    assert out.count("score 50.0 % of 2") == 2
    assert out.count("lacks 一百万") == 1
    assert out.count("读作：") == 1


@pytest.mark.usefixtures("ready")
def test_eval_of_a_bad_file_names_the_line(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "cases.jsonl").write_text("{}", encoding="utf-8")

    assert main(["eval", str(tmp_path / "cases.jsonl")]) == WRONG

    assert "cases.jsonl:1: " in capsys.readouterr().err


# --- chat -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("ready")
def test_chat_in_a_pipe_answers_line_by_line(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "孩子的医保一年交多少钱\n大同\n/quit\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))

    assert main(["chat"]) == DONE

    assert "350" in capsys.readouterr().out


# --- the folder of knowledge ------------------------------------------------------------------------------


def test_every_command_reads_the_folder_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    folder = copy_of_knowledge(tmp_path / "own")
    for region in ("dianjiang", "liaocheng", "shenzhen", "wendeng"):
        shutil.rmtree(folder / "regions" / region)
    for name in ("figures.yaml", "rules.yaml"):
        file = folder / "regions" / "datong" / name
        file.write_text(file.read_text(encoding="utf-8").replace("350", "351"), encoding="utf-8")
    cases = tmp_path / "cases.jsonl"
    cases.write_text(
        '{"id": "a", "region": "datong", "turns": ["小学生交多少"], "expect": "answer", "must": [["351"]]}\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("YIBAO_KNOWLEDGE_DIR", str(folder))
    monkeypatch.setattr("sys.stdin", io.StringIO("大同小学生交多少\n"))

    for command, told in (
        (["ask", "大同小学生交多少"], "351"),
        (["chat"], "351"),
        (["calc", "datong", "premium"], "351"),
        (["eval", str(cases), "--min", "100"], ""),
        (["check"], "1 regions"),
        (["coverage"], "大同"),
    ):
        assert main(command) == DONE, capsys.readouterr()
        assert told in capsys.readouterr().out, command

    (folder / "regions" / "datong" / "gaps.yaml").write_text("- {", encoding="utf-8")
    for command in (
        ["ask", "在吗"],
        ["chat"],
        ["calc", "datong", "premium"],
        ["eval", str(cases)],
        ["coverage"],
    ):
        assert main(command) == NO
        assert "gaps.yaml" in capsys.readouterr().err
    assert main(["check"]) == NO
    assert "gaps.yaml" in capsys.readouterr().out


# --- serve, and the process -------------------------------------------------------------------------------


async def test_serve_says_where_to_chat_and_stops_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIBAO_PORT", "0")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    log = ""
    while not (found := re.search(r"chat here: (http://127\.0\.0\.1:\d+/)", log)):
        line = await process.stderr.readline()
        assert line, log
        log += line.decode()
    page = await asyncio.to_thread(lambda: urlopen(found[1]).read().decode())
    await asyncio.to_thread(send_garbage, found[1])
    process.send_signal(signal.SIGTERM)
    _, rest = await process.communicate()

    assert "医保" in page
    assert process.returncode == DONE
    log += rest.decode()
    assert "Traceback" not in log
    assert "garbage" not in log
    assert "UNKNOWN / 400" in log
    assert sorted(path.name for path in files(tmp_path / "var")) == ["pseudonyms.key", "yibao.db"]


def send_garbage(address: str) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(address).port)) as connection:
        connection.sendall(b"garbage\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.0 400 ")


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


@pytest.mark.usefixtures("ready")
def test_an_address_in_use_is_named(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("YIBAO_PORT", str(port))
        assert main(["serve"]) == NO
        assert f"cannot listen on 127.0.0.1:{port}: " in capsys.readouterr().err

        monkeypatch.setenv("YIBAO_PORT", "8080")
        assert main(["serve", "--host", "127.0.0.1", "--port", str(port)]) == NO
        assert f"cannot listen on 127.0.0.1:{port}: " in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536", "acht"])
def test_a_port_that_is_none_is_named(port: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--port", port])
    assert f"{port} is no port; allowed: 0 to 65535" in capsys.readouterr().err


@pytest.mark.parametrize("workers", ["0", "-1", "257", "zwei"])
def test_a_number_of_workers_that_is_none_is_named(workers: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--workers", workers])
    assert f"{workers} is no number of processes; allowed: 1 to 256" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WORKERS", "0"),
        ("LOG_FORMAT", "xml"),
        ("USER_LIMIT", "-1"),
        ("ADDRESS_LIMIT", "30001"),
        ("TRUSTED_PROXIES", "127.0.0.1, nowhere"),
    ],
)
def test_a_setting_of_the_server_that_cannot_be_used_is_named(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv(f"YIBAO_{name}", value)

    assert main(["serve"]) == WRONG

    assert f"YIBAO_{name}" in capsys.readouterr().err


def test_a_setting_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setenv("YIBAO_PORT", "acht")

    assert main(["serve"]) == WRONG

    assert "yibao: YIBAO_PORT='acht': " in capsys.readouterr().err


@pytest.mark.usefixtures("ready")
def test_a_data_folder_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("YIBAO_DATA_DIR", str(tmp_path / "file"))

    assert main(["serve"]) == NO

    assert "cannot be made or read" in capsys.readouterr().err


def test_without_a_command_the_usage_is_printed(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])

    assert ended.value.code == WRONG
    assert "usage: yibao" in capsys.readouterr().err


async def test_a_reader_that_has_seen_enough_causes_no_traceback() -> None:
    process = await asyncio.create_subprocess_shell(
        f"{sys.executable} -m bot coverage | head -n 1",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await process.communicate()

    assert err == b""
