#!/bin/sh
# Sets up and runs every check: style, types, the import contract, the fast tests, then those with real models.
# All are run, whatever the first ones say; the exit code is not zero if any failed.
set -u
cd "$(dirname "$0")/.." || exit 1
sh packaging/setup.sh --test || exit 1
PATH="$PWD/.venv/bin:$PATH"
export PATH
# hundreds of processes are started, and each would translate the program anew
unset PYTHONDONTWRITEBYTECODE

failed=""
check() {
    printf '\n== %s\n' "$*"
    "$@" || failed="$failed
    $*"
}

check ruff check
check ruff format --check
check mypy
check lint-imports
check python -m pytest -m "not slow" -n auto
check python -m pytest -m slow

if [ -n "$failed" ]; then
    printf '\nFailed:%s\n' "$failed"
    exit 1
fi
