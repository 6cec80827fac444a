"""bin/catalogue: keeps the Chinese catalogue complete.

Reads every text that the portal says (Python and templates), merges it into locale/zh_Hans, keeps what is
translated, compiles, and names what is missing. No GNU gettext is needed.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _ground import ROOT, VENV, call, environment, run

HELP = """bin/catalogue [--check] [--theme] [--fill FILE.json ...]

  (nothing)   merge, compile, list what is missing
  --check     change nothing; exit 1 if a text is missing, fuzzy, stale or not compiled
  --theme     read anew which texts of the admin's theme and of other packages have no Chinese
  --fill      take translations from JSON files {msgid: msgstr} (context and text joined by \\u0004)"""


def main(arguments: list[str]) -> int:
    if "-h" in arguments or "--help" in arguments:
        print(HELP)
        return 0
    if Path(sys.prefix).resolve() != VENV.resolve():
        return call([environment(dev=True), __file__, *arguments])
    sys.path.insert(0, str(ROOT / "bin"))
    import _texts

    files = [Path(name) for name in arguments if not name.startswith("--")]
    if files and "--fill" not in arguments:
        print(HELP)
        return 2
    if "--theme" in arguments:
        _texts.write_theme()
    if "--check" in arguments:
        wrong = _texts.problems()
        print("\n".join(wrong) or "The catalogue is complete.")
        return 1 if wrong else 0
    missing = _texts.merge(_texts.translations_in(files))
    for text in missing:
        print(text.replace("\x04", "\\u0004"))
    print(f"{len(missing)} texts have no translation." if missing else "The catalogue is complete.")
    return 0


if __name__ == "__main__":
    run(main)
