#!/bin/sh
# The main job on the sample recording: sets up, transcribes with speakers, prints the transcript, writes four files
# into sample-output/, and opens the window on the recording where there is a screen.
set -eu
cd "$(dirname "$0")/.."
sh packaging/setup.sh
.venv/bin/python -m studio transcribe resources/sample.ogg --output sample-output --format txt,srt,vtt,json --overwrite
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec .venv/bin/python -m studio resources/sample.ogg
fi
