"""The manifest: valid for several versions of Kubernetes, shut in, and in tune with the image."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.config import Config

CHECKOUT = Path(__file__).parents[2]
VALIDATE = Path(sys.executable).with_name("kubernetes-validate")

Manifest = dict[str, dict[str, Any]]


@pytest.fixture
def pod(manifest: Manifest) -> dict[str, Any]:
    spec: dict[str, Any] = manifest["Deployment"]["spec"]["template"]["spec"]
    return spec


@pytest.fixture
def container(pod: dict[str, Any]) -> dict[str, Any]:
    (only,) = pod["containers"]
    return dict(only)


@pytest.mark.parametrize("version", ["1.25", "1.31", "1.37"])
def test_it_is_valid_to_the_last_word(version: str) -> None:
    done = subprocess.run(
        [VALIDATE, "--strict", "-k", version, CHECKOUT / "deploy" / "kubernetes.yaml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" passed ") == 4


def test_the_parts_belong_together(manifest: Manifest) -> None:
    labels = manifest["Deployment"]["spec"]["template"]["metadata"]["labels"]

    assert manifest["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert manifest["Service"]["spec"]["selector"] == labels
    assert manifest["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels


def test_a_pod_is_shut_in(pod: dict[str, Any], container: dict[str, Any]) -> None:
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "fsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert set(container["resources"]["requests"]) == {"cpu", "memory"}
    assert set(container["resources"]["limits"]) == {"cpu", "memory"}


def test_what_kubernetes_sets_for_a_service_is_not_taken_for_a_setting(
    manifest: Manifest, pod: dict[str, Any], variables: frozenset[str]
) -> None:
    name = manifest["Service"]["metadata"]["name"]

    assert f"{name.upper()}_PORT" in variables  # that is why
    assert pod["enableServiceLinks"] is False


def test_the_variables_are_settings_and_the_secrets_are_files(
    manifest: Manifest, container: dict[str, Any], variables: frozenset[str], secrets: frozenset[str]
) -> None:
    given = {entry["name"]: entry["value"] for entry in container["env"]}
    names = set(manifest["ConfigMap"]["data"]) | set(given)
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}

    assert names <= variables
    assert not {name.lower() for name in names} & secrets
    assert mounts[given["YIBAO_SECRETS_DIR"]] == "secrets"
    settings = manifest["ConfigMap"]["data"]
    assert all(isinstance(value, str) for value in settings.values())
    assert Config.model_validate({"trusted_proxies": settings["YIBAO_TRUSTED_PROXIES"]}).trusted_proxies


def test_the_data_folder_of_the_image_is_a_volume_with_the_common_key(
    container: dict[str, Any], pod: dict[str, Any], dockerfile: list[tuple[str, str]]
) -> None:
    (folder,) = (rest for name, rest in dockerfile if name == "VOLUME")
    mounts = {mount["mountPath"]: mount for mount in container["volumeMounts"]}

    assert mounts[folder]["name"] == "data"
    assert mounts[f"{folder}/pseudonyms.key"]["subPath"] == "pseudonyms.key"
    assert mounts["/tmp"]["name"] == "temporary"
    assert {volume["name"] for volume in pod["volumes"]} == {mount["name"] for mount in mounts.values()}


def test_the_ports_fit(
    manifest: Manifest, container: dict[str, Any], dockerfile: list[tuple[str, str]]
) -> None:
    (exposed,) = (rest for name, rest in dockerfile if name == "EXPOSE")
    (port,) = container["ports"]
    probes = [container[f"{kind}Probe"]["httpGet"]["port"] for kind in ("startup", "liveness", "readiness")]

    assert port["containerPort"] == int(exposed)
    assert {port["name"]} == {*probes, manifest["Service"]["spec"]["ports"][0]["targetPort"]}
