from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import FILE_VARIABLE, PREFIX, SECRETS_VARIABLE, Config

CHECKOUT = Path(__file__).parents[2]
DEPLOY = CHECKOUT / "deploy"


@pytest.fixture(scope="session")
def variables() -> frozenset[str]:
    """Tell the names of the variables that the bot knows."""
    settings = {f"{PREFIX}{name.upper()}" for name in Config.model_fields}
    return frozenset({FILE_VARIABLE, SECRETS_VARIABLE} | settings)


@pytest.fixture(scope="session")
def secrets() -> frozenset[str]:
    """Tell which settings hold a secret, as files: those, URLs with passwords, and accounts with theirs."""
    hidden = {name for name, field in Config.model_fields.items() if "SecretStr" in str(field.annotation)}
    holding = {name for name in Config.model_fields if name.endswith(("_url", "_accounts"))}
    return frozenset(f"{PREFIX}{name}".lower() for name in hidden | holding)


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="session")
def manifest() -> dict[str, dict[str, Any]]:
    """Read the objects of Kubernetes by their kind."""
    text = (DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8")
    return {document["kind"]: document for document in yaml.safe_load_all(text)}


@pytest.fixture(scope="session")
def dockerfile() -> list[tuple[str, str]]:
    """Read the instructions of the Dockerfile, each as its name and what follows."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    joined = [line for line in lines.replace("\\\n", "").splitlines() if line]
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in joined)]
