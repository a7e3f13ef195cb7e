"""Recipes a file a type, found by lying here: `RECIPES`, the client's part `reduce`, and for the inbox its `target`."""

import importlib
import pkgutil

from tests.integration.snapshots import reducers
from tests.integration.snapshots.recipes import RECIPES, Recipe


def all_recipes() -> dict[str, list[Recipe]]:
    """Those of recipes.py and those that lie here, whose reducers are in force from then on."""
    every = dict(RECIPES)
    for found in pkgutil.iter_modules(__path__):
        kind = importlib.import_module(f"{__name__}.{found.name}")
        every[found.name] = kind.RECIPES
        reducers.learn(found.name, kind.reduce, getattr(kind, "target", None))
    return every
