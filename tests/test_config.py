from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import Config, ConfigError, read_config

AES_KEY = "k" * 43


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "SECRETS_DIR", *(field.upper() for field in Config.model_fields)):
        monkeypatch.delenv(f"YIBAO_{name}", raising=False)


def settings_file(folder: Path, text: str) -> Path:
    file = folder / "yibao.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_defaults_run_the_demo() -> None:
    config = read_config()

    assert (config.host, config.port, config.data_dir) == ("127.0.0.1", 8080, Path("var"))
    assert config.state_url == config.journal_url == "sqlite:yibao.db"
    assert config.api_token is None
    assert config.wechat_token is None


def test_the_environment_stands_over_the_file_and_the_file_over_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = settings_file(tmp_path, "port: 9001\nhost: 0.0.0.0\n")
    monkeypatch.setenv("YIBAO_PORT", "9002")

    config = read_config(file)

    assert (config.port, config.host) == (9002, "0.0.0.0")


def test_the_environment_may_name_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIBAO_CONFIG", str(settings_file(tmp_path, "port: 9001\n")))

    assert read_config().port == 9001


def test_a_variable_may_be_written_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("yibao_port", "9001")

    assert read_config().port == 9001


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIBAO_API_TOKEN", "")

    assert read_config().api_token is None


def test_sites_stand_one_beside_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIBAO_EMBED_SITES", "https://www.a.gov.cn https://*.b.cn:8443")

    assert read_config().embed_sites == ("https://www.a.gov.cn", "https://*.b.cn:8443")


def test_a_config_cannot_be_changed() -> None:
    config = read_config()

    with pytest.raises(ValidationError):
        config.port = 1  # type: ignore[misc]  # that is the point


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIBAO_API_TOKEN", "geheim")

    assert "geheim" not in repr(read_config())


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"PORT": "acht"}, "YIBAO_PORT='acht': "),
        ({"PORT": "70000"}, "YIBAO_PORT='70000': "),
        ({"EMBED_SITES": "https://a.cn https://b.cn/x"}, "a site is written as in https://www.example.cn"),
        ({"EMBED_SITES": "https://a.cn; script-src *"}, "a site is written as in https://www.example.cn"),
        ({"WECOM_ACCOUNTS": "geheim"}, "YIBAO_WECOM_ACCOUNTS is no JSON"),
        ({"WECHAT_REGION": "datong"}, "YIBAO_WECHAT_TOKEN is not set"),
        ({"WECHAT_TOKEN": "t", "WECHAT_AES_KEY": AES_KEY}, "needs YIBAO_WECHAT_APP_ID"),
        ({"WECHAT_AES_KEY": "geheim", "WECHAT_APP_ID": "wx1"}, "YIBAO_WECHAT_TOKEN is not set"),
    ],
)
def test_a_bad_variable_is_named(
    variables: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"YIBAO_{name}", value)

    with pytest.raises(ConfigError) as raised:
        read_config()

    assert message in str(raised.value)
    assert "geheim" not in str(raised.value)


def test_every_bad_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = settings_file(tmp_path, "host: ''\nprot: 1\n")
    monkeypatch.setenv("YIBAO_PORT", "-1")

    with pytest.raises(ConfigError) as raised:
        read_config(file)

    faults = str(raised.value).splitlines()
    assert len(faults) == 3
    assert f"{file}: host='': " in str(raised.value)
    assert f"{file}: prot is no setting; known: host, port, " in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [("port: 1\nport: 2\n", ":2:1: the key port stands twice"), ("- 8080\n", "does not hold names")],
)
def test_a_bad_file_is_refused(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=message):
        read_config(settings_file(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml cannot be read: No such file"):
        read_config(tmp_path / "none.yaml")


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the folder of secret files, with one that is not for the bot."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "redis.conf").write_text("requirepass geheim")
    monkeypatch.setenv("YIBAO_SECRETS_DIR", str(folder))
    return folder


def test_a_setting_may_stand_in_a_file_of_its_own(secrets: Path) -> None:
    (secrets / "yibao_api_token").write_text("geheim\n")
    (secrets / "YIBAO_WECHAT_ACCOUNTS").write_text('{"school": {"token": "t"}}')

    config = read_config()

    assert config.api_token is not None
    assert config.api_token.get_secret_value() == "geheim"
    assert list(config.official_accounts) == ["/wechat/school"]


def test_secret_files_stand_over_the_settings_file_and_below_the_environment(
    secrets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (secrets / "yibao_host").write_text("secret.example")
    (secrets / "yibao_port").write_text("9002")
    monkeypatch.setenv("YIBAO_PORT", "9003")

    config = read_config(settings_file(tmp_path, "port: 9001\nhost: file.example\n"))

    assert (config.port, config.host) == (9003, "secret.example")


def test_an_empty_secret_file_sets_nothing(secrets: Path) -> None:
    (secrets / "yibao_api_token").write_text("\n")

    assert read_config().api_token is None


def test_secrets_may_be_links_within_their_folder_as_in_kubernetes(secrets: Path) -> None:
    (secrets / "..2026_11_22").mkdir()
    (secrets / "..2026_11_22" / "yibao_api_token").write_text("geheim")
    (secrets / "..data").symlink_to("..2026_11_22")
    (secrets / "yibao_api_token").symlink_to("..data/yibao_api_token")

    assert read_config().api_token is not None


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("yibao_api_tokne", b"geheim", "yibao_api_tokne is no setting; known: yibao_host, "),
        ("yibao_wechat_aes_key", b"geheim", "needs YIBAO_WECHAT_APP_ID beside it"),
        ("yibao_journal_days", b"geheim", "secrets/yibao_journal_days: Input should be a valid integer"),
        ("yibao_wechat_accounts", b"geheim", "secrets/yibao_wechat_accounts is no JSON"),
        ("yibao_wechat_accounts", b'{"school": {}}', "secrets/yibao_wechat_accounts): Field required"),
        ("yibao_api_token", b"\xff\xfe", "is no text in UTF-8"),
    ],
)
def test_a_secret_file_that_cannot_be_used_is_named_and_not_shown(
    name: str, content: bytes, message: str, secrets: Path
) -> None:
    (secrets / name).write_bytes(content)

    with pytest.raises(ConfigError) as raised:
        read_config()

    assert message in str(raised.value)
    assert "geheim" not in str(raised.value)


def test_a_folder_where_a_secret_should_be_is_not_passed_over(secrets: Path) -> None:
    (secrets / "yibao_api_token").mkdir()

    with pytest.raises(ConfigError, match="yibao_api_token cannot be read: Is a directory"):
        read_config()


def test_a_missing_folder_of_secrets_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIBAO_SECRETS_DIR", str(tmp_path / "none"))

    with pytest.raises(ConfigError, match=r"the secret .*none cannot be read: No such file"):
        read_config()


def test_a_damaged_hash_is_refused_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIBAO_ADMIN_PASSWORD", "scrypt:geheim")

    with pytest.raises(ConfigError, match="YIBAO_ADMIN_PASSWORD") as caught:
        read_config()

    assert "geheim" not in str(caught.value)


def test_the_overlay_stands_in_the_data_folder_unless_it_is_named(tmp_path: Path) -> None:
    assert Config(data_dir=tmp_path).overlay == tmp_path / "overlay"
    assert Config(data_dir=tmp_path, knowledge_overlay=tmp_path / "ours").overlay == tmp_path / "ours"


def test_the_segmenter_is_one_of_two_and_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_config().segmenter == "jieba"
    monkeypatch.setenv("YIBAO_SEGMENTER", "rjieba")
    assert read_config().segmenter == "rjieba"

    monkeypatch.setenv("YIBAO_SEGMENTER", "hanlp")
    with pytest.raises(ConfigError, match=r"YIBAO_SEGMENTER='hanlp': .*'jieba' or 'rjieba'"):
        read_config()


def test_a_segmenter_that_is_not_installed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.config.find_spec", lambda _: None)
    monkeypatch.setenv("YIBAO_SEGMENTER", "rjieba")
    with pytest.raises(ConfigError, match=r"YIBAO_SEGMENTER='rjieba': rjieba is not installed; .*\[fast\]"):
        read_config()
