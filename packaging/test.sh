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
# threads of models that wait for work shall rest, where several models share few processors
OMP_WAIT_POLICY=PASSIVE KMP_BLOCKTIME=0
export OMP_WAIT_POLICY KMP_BLOCKTIME

failed=$(mktemp)
told=$(mktemp)
trap 'rm -f "$failed" "$told"' EXIT
check() {
    printf '\n== %s\n' "$*"
    "$@" || printf '    %s\n' "$*" >>"$failed"
}

# What fails beside others is run once more by itself, and both are told: a test that cannot stand company is no fault of
# the program.
suite() {
    python -m pytest "$@" || { printf '\n== Once more, alone\n'; python -m pytest --lf --lfnf=none; }
}

# beside the first tests, and told after them
{
    check ruff check
    check ruff format --check
    check mypy
    check lint-imports
} >"$told" 2>&1 &
# Collected once before: so what is imported is translated once, not by all workers at the same time.
slow=$(python -m pytest --collect-only -q -m "slow and not alone" | sed -n 's/^\(tests[^:]*\.py\)::.*/\1/p' | sort -u)
# tests wait as much as they work, so more of them run than there are processors
workers=$(python -c "import os; print(max(4, os.cpu_count() or 1))")
check suite -m "not slow" -n "$workers"
wait
cat "$told"
# Each file stays in one process, where its models are loaded once.
# Only the files that have some: to read all of them takes longer than many of these tests.
# shellcheck disable=SC2086  # a list of names without spaces
check suite -m "slow and not alone" -n 3 --dist loadfile $slow
# Those that listen to real sound as it is played bear little company, but wait more than they work.
# shellcheck disable=SC2046  # a list of names without spaces
check suite -m alone -n 3 --dist loadfile $(grep -rl --include='test_*.py' 'mark\.alone' tests)

if [ -s "$failed" ]; then
    printf '\nFailed:\n'
    cat "$failed"
    exit 1
fi
