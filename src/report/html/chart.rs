//! The picture: outcomes of clauses by how strongly the clauses demand. Drawn as SVG without any
//! inline style, and told a second time as a table, for whoever does not see it.

use super::kind::{ALL, Kind, Row};
use crate::standard::Level;
use std::io::{self, Write};

const LEVELS: [Level; 5] = [Level::Must, Level::MustNot, Level::Should, Level::ShouldNot, Level::May];
/// Geometry, in units of the picture.
const LABEL: usize = 100;
const WIDTH: usize = 620;
const HEIGHT: usize = 26;
const STEP: usize = 38;

/// Writes picture and table.
pub(super) fn write(rows: &[Row<'_>], verdicts: bool, id: &str, out: &mut dyn Write) -> io::Result<()> {
    let counts: Vec<(Level, [usize; ALL.len()])> = LEVELS
        .into_iter()
        .map(|level| (level, count(rows.iter().filter(|row| row.level == level))))
        .filter(|(_, counts)| counts.iter().any(|count| *count > 0))
        .collect();
    if counts.is_empty() {
        return Ok(());
    }
    let kinds: Vec<Kind> =
        ALL.into_iter().filter(|kind| counts.iter().any(|(_, counts)| counts[*kind as usize] > 0)).collect();
    picture(&counts, verdicts, id, out)?;
    table(&counts, &kinds, verdicts, out)
}

/// How many rows are of each kind.
pub(super) fn count<'r, 'a: 'r>(rows: impl Iterator<Item = &'r Row<'a>>) -> [usize; ALL.len()] {
    let mut counts = [0; ALL.len()];
    rows.for_each(|row| counts[row.kind as usize] += 1);
    counts
}

fn picture(
    counts: &[(Level, [usize; ALL.len()])],
    verdicts: bool,
    id: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let total = |counts: &[usize]| counts.iter().sum::<usize>();
    let most = counts.iter().map(|(_, counts)| total(counts)).max().unwrap_or(1).max(1);
    let (width, height) = (LABEL + WIDTH + 50, counts.len() * STEP);
    let what = if verdicts { "Verdicts" } else { "Outcomes" };
    writeln!(
        out,
        "<figure><svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\
         <title id=\"{id}-title\">{what} by level</title>\
         <desc id=\"{id}-desc\">One bar for each level of demand. The table below holds the same figures.</desc>"
    )?;
    for (row, (level, counts)) in counts.iter().enumerate() {
        let top = row * STEP + (STEP - HEIGHT) / 2;
        let middle = top + HEIGHT / 2 + 5;
        writeln!(out, "<text class=\"label\" x=\"0\" y=\"{middle}\">{}</text>", level.name())?;
        let mut before = 0;
        for kind in ALL.into_iter().filter(|kind| counts[*kind as usize] > 0) {
            let count = counts[kind as usize];
            // Ends are rounded, not widths: bars of the same total end at the same place.
            let (left, right) = (before * WIDTH / most, (before + count) * WIDTH / most);
            before += count;
            let wide = (right - left).max(2);
            writeln!(
                out,
                "<g><title>{} {}: {count}</title><rect class=\"{}\" x=\"{}\" y=\"{top}\" width=\"{wide}\" height=\"{HEIGHT}\"/>",
                level.name(),
                kind.said(verdicts),
                kind.class(),
                LABEL + left
            )?;
            if wide >= 14 * count.to_string().len() {
                writeln!(
                    out,
                    "<text class=\"count\" x=\"{}\" y=\"{middle}\">{count}</text>",
                    LABEL + left + wide / 2
                )?;
            }
            writeln!(out, "</g>")?;
        }
        let end = LABEL + before * WIDTH / most + 8;
        writeln!(out, "<text class=\"total\" x=\"{end}\" y=\"{middle}\">{}</text>", total(counts))?;
    }
    writeln!(out, "</svg><figcaption>{what} of clauses by how strongly they demand.</figcaption></figure>")
}

fn table(
    counts: &[(Level, [usize; ALL.len()])],
    kinds: &[Kind],
    verdicts: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of the picture\"><table class=\"small\"><caption>The same figures</caption><thead><tr><th scope=\"col\">Level</th>"
    )?;
    for kind in kinds {
        write!(
            out,
            "<th scope=\"col\" class=\"number\"><span class=\"key {}\" aria-hidden=\"true\"></span>{}</th>",
            kind.class(),
            kind.said(verdicts)
        )?;
    }
    writeln!(out, "</tr></thead><tbody>")?;
    for (level, counts) in counts {
        write!(out, "<tr><th scope=\"row\">{}</th>", level.name())?;
        for kind in kinds {
            write!(out, "<td class=\"number\">{}</td>", counts[*kind as usize])?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody></table></div>")
}
