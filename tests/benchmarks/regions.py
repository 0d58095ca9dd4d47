"""Many regions, made from the real ones by renaming them and changing their figures."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import count, islice, product
from pathlib import Path

import yaml

from knowledge import PACKAGED

_FIRST = (
    "漪漓滁滕澎涿浠濉浏泸汾洱渑涑泷"
    "滹滦沽澴澉濉漷澶洳浐涢沘汨汜沔汶峪岫溆沅澧濂淇沁漳浚滏洺涞潞沣渭泾洮涪郫邛岷溧浔"
    "赣渌鄱濮洹淝颍涡浉潢漯沭泗洙沂潍淄胶桓郯鄄莘茌"
)
_SECOND = "垣陉郾邺郿鄢郢鄞郜邳邗邙郯鄜郐邾郚邠鄠邰邶邯郇郧郗邛郏郅邽郓鄯鄱郴邡郝邬邱邴邹邵祁郁邸邺"
_YUAN = re.compile(r"\byuan: (\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class MadeRegion:
    """A region that was made: its id, its name, and the id of the one that it is made from."""

    id: str
    name: str
    like: str


def names() -> Iterator[str]:
    """Give names of places that do not exist."""
    return (
        f"{one}{other}"
        for one, other in product(dict.fromkeys(_FIRST), dict.fromkeys(_SECOND))
        if one != other
    )


def make(root: Path, amount: int) -> list[MadeRegion]:
    """Write knowledge with so many regions beside the real ones' national part; give the made ones.

    Args:
        root: an empty folder.
        amount: how many regions it is to have in all, the real ones with them.

    """
    shutil.copytree(PACKAGED / "national", root / "national")
    real = sorted(folder for folder in (PACKAGED / "regions").iterdir() if folder.is_dir())
    for folder in real:
        shutil.copytree(folder, root / "regions" / folder.name)
    made = []
    for number, name in zip(count(1), islice(names(), amount - len(real)), strict=False):
        like = real[number % len(real)]
        region = MadeRegion(f"r{number:04d}", f"{name}县", like.name)
        _write(like, root / "regions" / region.id, name, number)
        made.append(region)
    return made


def _write(like: Path, folder: Path, name: str, number: int) -> None:
    """Write a region like a real one, with a name of its own and every amount of yuan a little larger."""
    shutil.copytree(like, folder)
    info = yaml.load((like / "region.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # texts only
    info["document"]["title"] = f"{name}县居民医保办法"
    info["document"]["issuer"] = f"{name}县"
    info["place"] = {
        "name": f"{name}县",
        "province": info["place"]["province"],
        "aliases": [name],
        "districts": [f"{name}东乡", f"{name}西乡"],
    }
    info.pop("words", None)
    (folder / "region.yaml").write_text(yaml.safe_dump(info, allow_unicode=True), encoding="utf-8")
    figures = folder / "figures.yaml"
    text = figures.read_text(encoding="utf-8")
    figures.write_text(_YUAN.sub(lambda found: _more(found[1], number), text), encoding="utf-8")


def _more(amount: str, number: int) -> str:
    """Make an amount larger, by another share in each region; larger ones stay the larger ones."""
    return f"yuan: {(Decimal(amount) * (10_000 + number) / 10_000).quantize(Decimal('0.01'))}"
