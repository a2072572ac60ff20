"""Draws what a terminal shows as an SVG: terminal.py OUT.svg [OPTIONS] COMMAND... runs each command of a
shell in a pseudo-terminal, one after the other in the same folder; terminal.py OUT.svg - draws standard
input. The picture is text: small, sharp at every size, and the same from run to run.

--columns N       width of the terminal (96)
--light           dark on light
--keep FROM..TO   lines that are shown, more than once if need be; what is left out becomes "...". Each end is
                  a line (1 is the first, -1 the last) or text that stands in a line, with +N lines: "By+4"
--title TEXT      what the picture says to those who cannot see it"""

import argparse
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import unicodedata
from html import escape

WIDE, HIGH, MARGIN = 8, 17, 14
# Ordinary spaces are run together by some readers of SVG.
SPACE = "\u00a0"
DARK = {
    "ground": "#15181c", "text": "#e6e6e6", "dim": "#9aa3ad", "prompt": "#8fd18f",
    "colours": ["#555b63", "#ff7b72", "#7ee787", "#e3b341", "#79b8ff", "#d2a8ff", "#56d4dd", "#e6e6e6"],
}
LIGHT = {
    "ground": "#ffffff", "text": "#1b1f23", "dim": "#57606a", "prompt": "#116329",
    "colours": ["#24292f", "#b3121d", "#116329", "#7d4e00", "#0550ae", "#6639ba", "#0b6573", "#57606a"],
}
ESCAPE = re.compile(r"\x1b\[([0-9;:]*)([A-Za-z])|\x1b\]8;[^;]*;([^\x07\x1b]*)(?:\x07|\x1b\\)|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]")


def run(command, columns):
    """What a command prints on a terminal of that width."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
        for name in ("COLUMNS", "NO_COLOR", "ASSIZE_SHARED"):
            os.environ.pop(name, None)
        # The width is there before the program asks for it.
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        os.execvp("sh", ["sh", "-c", command])
    printed = b""
    while True:
        ready, _, _ = select.select([terminal], [], [], 120)
        if not ready:
            sys.exit(f"{command}: nothing for two minutes")
        try:
            block = os.read(terminal, 65536)
        except OSError:
            break
        if not block:
            break
        printed += block
    os.waitpid(child, 0)
    # A line that is written anew (progress) counts as it was last.
    lines = printed.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    return "\n".join(line.rsplit("\r", 1)[-1] for line in lines)


def cells(text):
    """Lines of runs: (text, style), style being (bold, dim, underlined, colour, background)."""
    lines, line, style, at, link = [], [], {}, 0, False

    def put(piece):
        nonlocal line
        for part in re.split(r"(\n)", piece):
            if part == "\n":
                lines.append(line)
                line = []
            elif part:
                line.append((part, (style.get("bold"), style.get("dim"), style.get("under") or link, style.get("fg"), style.get("bg"))))

    for found in ESCAPE.finditer(text):
        put(text[at:found.start()])
        at = found.end()
        if found[2] == "m":
            codes = [int(code or 0) for code in re.split("[;:]", found[1] or "0")]
            while codes:
                code = codes.pop(0)
                if code == 0:
                    style = {}
                elif code in (1, 2, 4):
                    style[{1: "bold", 2: "dim", 4: "under"}[code]] = True
                elif code == 22:
                    style.pop("bold", None), style.pop("dim", None)
                elif code == 24:
                    style.pop("under", None)
                elif 30 <= code <= 37 or 90 <= code <= 97:
                    style["fg"] = code % 10
                elif 40 <= code <= 47:
                    style["bg"] = code % 10
                elif code in (39, 49):
                    style.pop({39: "fg", 49: "bg"}[code], None)
                elif code in (38, 48):
                    # Of 256 colours, the first sixteen have names; the rest is taken for plain text.
                    if codes[:1] == [5] and len(codes) > 1:
                        if codes[1] < 16:
                            style[{38: "fg", 48: "bg"}[code]] = codes[1] % 8
                        codes = codes[2:]
                    else:
                        codes = codes[4:]
        elif found[3] is not None:
            link = bool(found[3])
    put(text[at:])
    if line:
        lines.append(line)
    while lines and not any(piece.strip() for piece, _ in lines[-1]):
        lines.pop()
    return lines


def width(text):
    return sum(0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def kept(lines, wanted):
    """The lines that are wanted, and "..." for each gap between them."""
    texts = ["".join(piece for piece, _ in line) for line in lines]

    def place(end):
        if re.fullmatch(r"-?\d+", end):
            return int(end) - 1 if int(end) > 0 else len(lines) + int(end)
        text, _, more = end.partition("+")
        found = [at for at, line in enumerate(texts) if text in line]
        if not found:
            sys.exit(f"no line holds {text!r}:\n" + "\n".join(texts))
        return found[0] + int(more or 0)

    chosen = set()
    for part in wanted:
        first, last = part.split("..")
        chosen.update(range(place(first), place(last) + 1))
    shown = []
    for at, line in enumerate(lines):
        if not chosen or at in chosen:
            shown.append(line)
        elif at == 0 or at - 1 in chosen:
            shown.append([("...", (False, True, False, None, None))])
    return shown


def folded(line, columns):
    """A line as the terminal breaks it at its edge."""
    rows, row, room = [], [], columns
    for piece, style in line:
        part = ""
        for one in piece:
            if width(one) > room:
                rows.append(row + [(part, style)])
                row, part, room = [], "", columns
            part += one
            room -= width(one)
        row = row + [(part, style)]
    return rows + [row]


def draw(lines, columns, theme, title):
    lines = [row for line in lines for row in folded(line, columns)]
    across, down = 2 * MARGIN + columns * WIDE, 2 * MARGIN + len(lines) * HIGH
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}" width="{across}" height="{down}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="6" fill="{theme["ground"]}"/>',
        f'<g font-family="ui-monospace, \'DejaVu Sans Mono\', Menlo, Consolas, monospace" font-size="13" fill="{theme["text"]}">',
    ]
    for row, line in enumerate(lines):
        column, low = 0, MARGIN + row * HIGH + 13
        for piece, (bold, dim, under, colour, ground) in line:
            room = width(piece)
            x = MARGIN + column * WIDE
            column += room
            if ground is not None:
                out.append(f'<rect x="{x}" y="{low - 13}" width="{room * WIDE}" height="{HIGH}" fill="{theme["colours"][ground]}"/>')
            text = piece.rstrip(" ") if not under else piece
            if not text.strip():
                continue
            lead = len(text) - len(text.lstrip(" "))
            text, x = text[lead:], x + lead * WIDE
            style = ' font-weight="700"' if bold else ""
            fill = theme["prompt"] if colour == "prompt" else theme["dim"] if dim and colour is None else theme["colours"][colour] if colour is not None else None
            style += f' fill="{fill}"' if fill else ""
            style += ' text-decoration="underline"' if under else ""
            # Every font fills the same cells.
            out.append(f'<text x="{x}" y="{low}" textLength="{width(text) * WIDE}"{style}>{escape(text, quote=False).replace(" ", SPACE)}</text>')
    return "\n".join(out + ["</g>", "</svg>", ""])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--columns", type=int, default=96)
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--keep", action="append", default=[])
    parser.add_argument("--title", default="Terminal output")
    parser.add_argument("commands", nargs="+")
    given = parser.parse_args()
    lines = []
    if given.commands == ["-"]:
        lines = cells(sys.stdin.read())
    else:
        for command in given.commands:
            if lines:
                lines.append([])
            lines.append([("$ ", (True, False, False, "prompt", None)), (command, (True, False, False, None, None))])
            lines += cells(run(command, given.columns))
    lines = kept(lines, given.keep)
    with open(given.out, "w", encoding="utf-8") as file:
        file.write(draw(lines, given.columns, LIGHT if given.light else DARK, given.title))


main()
