"""bin/drill: kills and cuts off real servers for minutes, and counts what was lost (nothing may be)."""

import os

from _ground import VENV, call, environment, run


def main(arguments: list[str]) -> int:
    python = environment(dev=True)
    variables = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    where = [] if any(word.startswith("tests/") for word in arguments) else ["tests/drills"]
    command = [python, "-m", "pytest", "--on", "postgres", "-m", "drill", *where, *arguments]
    return call(command, env=variables)


if __name__ == "__main__":
    run(main)
