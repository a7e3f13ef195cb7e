"""Write the generated files, or check that they are what their sources say: `generated.py write|check`.

A generator is a module of scripts/generate/. Checking compares text with text, so it needs no clean git checkout.
"""

import importlib
import os
import pkgutil
import sys
import tempfile
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "backend")]


def generators() -> list[ModuleType]:
    """The modules of scripts/generate, in order of their names."""
    package = importlib.import_module("scripts.generate")
    return [
        importlib.import_module(f"scripts.generate.{found.name}") for found in pkgutil.iter_modules(package.__path__)
    ]


def generated() -> tuple[dict[Path, str], set[Path]]:
    """The text of every generated file, and the files that lie where generated ones belong but have no source."""
    texts: dict[Path, str] = {}
    owned: set[Path] = set()
    for generator in generators():
        texts |= {ROOT / name: text for name, text in generator.files().items()}
        owned |= {path for pattern in generator.OWNS for path in ROOT.glob(pattern)}
    return texts, owned - set(texts)


def stale(texts: dict[Path, str]) -> list[Path]:
    """The files whose text is not what it should be."""
    return [path for path, text in texts.items() if not path.exists() or path.read_text() != text]


def main(mode: str) -> int:
    """Write or check everything; the status is 1 when a check finds a difference."""
    texts, orphans = generated()
    changed = stale(texts)
    if mode == "write":
        for path in changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts[path])
        for path in orphans:
            path.unlink()
    for path in changed:
        print(f"{'wrote' if mode == 'write' else 'not what its source says'}: {path.relative_to(ROOT)}")
    for path in orphans:
        print(f"{'removed' if mode == 'write' else 'has no source any more'}: {path.relative_to(ROOT)}")
    if mode == "check" and (changed or orphans):
        print("Run `make gen` and commit what it writes.")
        return 1
    return 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["write"], ["check"]):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HUDDL_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "huddl.settings"
        for name in ("DATABASE_URL", "REDIS_URL", "DEBUG"):
            os.environ.pop(name, None)
        import django

        django.setup()
        sys.exit(main(sys.argv[1]))
