"""bin/bench: how fast the portal is beside what the same machine can do at best. See docs/performance.md."""

import os

from _ground import VENV, call, environment, run


def main(arguments: list[str]) -> int:
    python = environment(dev=True)
    variables = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    for name in (
        "DATABASE_URL",
        "REDIS_URL",
        "VAR_DIR",
        "PORTAL_ENV",
        "DJANGO_SETTINGS_MODULE",
        "MEDIA_ROOT",
    ):
        variables.pop(name, None)  # it measures on servers of its own, and fills them
    return call([python, "-m", "tests.load", *arguments], env=variables)


if __name__ == "__main__":
    run(main)
