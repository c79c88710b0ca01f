#!/bin/sh
# Puts the program of this checkout into your desktop's menu (for you alone). Usage: sh packaging/desktop.sh [remove]
set -eu
cd "$(dirname "$0")/.."
share=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$share/applications/transcription-studio.desktop
icon=$share/icons/hicolor/scalable/apps/transcription-studio.svg
if [ "${1:-}" = remove ]; then
    rm -f "$entry" "$icon"
    exit 0
fi
mkdir -p "$(dirname "$entry")" "$(dirname "$icon")"
cp resources/icons/app.svg "$icon"
# The entry's Exec wants quotes around a path with spaces, and its own escapes for \ " ` $ and %.
program=$(printf '%s' "$PWD/.venv/bin/studio" | sed 's/[\\"`$]/\\\\&/g; s/%/%%/g')
while IFS= read -r line; do
    case $line in Exec=*) line="Exec=\"$program\" %F" ;; esac
    printf '%s\n' "$line"
done <packaging/transcription-studio.desktop >"$entry"
printf 'Transcription Studio is in the menu: %s\n' "$entry"
