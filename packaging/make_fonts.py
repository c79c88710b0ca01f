"""Makes resources/fonts/Inter-*.ttf: three static weights with tabular figures from the variable web fonts of Inter.

    npm pack @fontsource-variable/inter@5.3.0 && tar xzf fontsource-variable-inter-5.3.0.tgz
    pip install fonttools brotli
    python packaging/make_fonts.py package

The package holds one variable font per script; each is cut to a weight, then the scripts are merged. Tabular figures
become the ordinary ones, because style sheets do not know font features.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

SCRIPTS = ("latin", "latin-ext", "cyrillic", "greek", "vietnamese")
WEIGHTS = {"Regular": 400, "Medium": 500, "SemiBold": 600}
FONTS = Path(__file__).resolve().parent.parent / "resources" / "fonts"


def tabular(font: TTFont) -> None:
    """Points the digits at the glyphs that the feature `tnum` would choose."""
    gsub = font["GSUB"].table
    lookups = {i for f in gsub.FeatureList.FeatureRecord if f.FeatureTag == "tnum" for i in f.Feature.LookupListIndex}
    swap: dict[str, str] = {}
    for i in lookups:
        for table in gsub.LookupList.Lookup[i].SubTable:
            swap |= getattr(table, "ExtSubTable", table).mapping
    for table in font["cmap"].tables:
        table.cmap |= {code: swap.get(glyph, glyph) for code, glyph in table.cmap.items() if chr(code) in "0123456789"}


def rename(font: TTFont, style: str, weight: int) -> None:
    """Gives the font the names by which a font database finds it: family Inter, the style, the weight."""
    names = {1: "Inter" if style == "Regular" else f"Inter {style}", 2: "Regular", 3: f"Inter-{style}"}
    names |= {4: f"Inter {style}", 6: f"Inter-{style}", 16: "Inter", 17: style}
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight


def make(files: Path, style: str, weight: int) -> Path:
    target = FONTS / f"Inter-{style}.ttf"
    with tempfile.TemporaryDirectory() as folder:
        cuts = []
        for script in SCRIPTS:
            font = instantiateVariableFont(TTFont(files / f"inter-{script}-wght-normal.woff2"), {"wght": weight})
            font.flavor = None
            tabular(font)
            cuts.append(str(Path(folder) / f"{script}.ttf"))
            font.save(cuts[-1])
        merged = Merger().merge(cuts)
        rename(merged, style, weight)
        merged.save(target)
    return target


def main() -> None:
    package = Path(sys.argv[1])
    FONTS.mkdir(parents=True, exist_ok=True)
    for style, weight in WEIGHTS.items():
        target = make(package / "files", style, weight)
        print(f"{target.name}  {target.stat().st_size:,} bytes")
    shutil.copyfile(package / "LICENSE", FONTS / "OFL.txt")


if __name__ == "__main__":
    main()
