"""What menu keys, QR codes and places on the map ask, in words that the bot understands."""

import re
from collections.abc import Mapping
from typing import Final

from bot.understanding.places import Gazetteer, Mention
from bot.understanding.text import clean
from knowledge.contents import Knowledge
from knowledge.model import Topic

SCENE_SEPARATOR: Final = "."
"""Parts region and topic in the scene of a QR code that names both."""
_NAMED_AFTER: Final = re.compile(
    "[东南西北中]?(大街|大道|[路街道巷弄]|胡同|广场|大厦|酒店|宾馆|饭店|小区|花园)"
)
"""What follows a place name that is only part of the name of a street or a building."""


class KnowledgePhrases:
    """The phrases of the knowledge.

    A menu key is the id of a topic. The scene of a QR code is the id of a region, of a topic, or both
    (`region.topic`). The label of a location is an address; of the places in it one is asked about.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.use(knowledge)

    def use(self, knowledge: Knowledge) -> None:
        """Take the phrases of this knowledge from now on."""
        self._topics: Mapping[str, Topic] = knowledge.national.topics
        self._places = {region.id: region.info.place.name for region in knowledge.regions.values()}
        self._gazetteer = Gazetteer(knowledge)

    def for_menu(self, key: str) -> str | None:
        """Give the question of a topic."""
        topic = self._topics.get(key)
        return None if topic is None else topic.title

    def for_scene(self, scene: str) -> str | None:
        """Give the name of a region's place, the question of a topic, or both."""
        region, separator, topic = scene.partition(SCENE_SEPARATOR)
        if not separator:
            return self._places.get(scene) or self.for_menu(scene)
        place, question = self._places.get(region), self.for_menu(topic)
        return f"{place} {question}" if place and question else None

    def for_location(self, label: str) -> str | None:
        """Give the place that has a document, else one that has none; None where no place is named.

        An address goes from the province down to the street. Streets and houses bear the names of other
        places: those are passed over, as is what lies outside the province that the address begins with.
        """
        label = clean(label)
        found = self._gazetteer.find(label)
        mentions = [mention for mention in found if not _NAMED_AFTER.match(label, mention.end)]
        if not mentions:
            return None
        inside = [mention for mention in mentions if mention.place.province == mentions[0].place.province]
        for mention in inside:
            if mention.place.region is not None:
                return self._places[mention.place.region]
        return _finest(inside).place.name


def _finest(mentions: list[Mention]) -> Mention:
    """Choose the first that is less than a whole province, where there is one."""
    return next((mention for mention in mentions if not mention.place.whole), mentions[0])
