//! The relative links of Markdown text, and those that lead nowhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// `link (of page)` for each link to a file, folder or heading that is not there, and how many links were looked at.
pub fn dead(root: &Path, pages: &[PathBuf]) -> (Vec<String>, usize) {
    let links: Vec<(&PathBuf, String)> = pages
        .iter()
        .flat_map(|page| {
            of_text(&fs::read_to_string(page).unwrap()).into_iter().map(move |link| (page, link))
        })
        .collect();
    let dead = links.iter().filter(|(page, link)| !leads_somewhere(page, link));
    let name = |page: &Path| page.strip_prefix(root).unwrap_or(page).display().to_string();
    (dead.map(|(page, link)| format!("{link} (of {})", name(page))).collect(), links.len())
}

/// The targets of `[…](target)` outside of code, without those that name a scheme.
pub fn of_text(text: &str) -> Vec<String> {
    let prose = prose(text);
    let targets = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains(':')).map(String::from).collect()
}

/// Whether the link's file is there, and its heading if it names one.
fn leads_somewhere(page: &Path, link: &str) -> bool {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() { page.to_path_buf() } else { page.with_file_name("").join(file) };
    if heading.is_empty() || target.extension().is_none_or(|extension| extension != "md") {
        return target.exists();
    }
    fs::read_to_string(target).is_ok_and(|text| anchors(&text).contains(heading))
}

/// What GitHub makes of the headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let lines = outside_of_fences(text).filter(|line| line.starts_with('#'));
    let headings = lines.filter_map(|line| line.trim_start_matches('#').strip_prefix(' '));
    headings.map(anchor).collect()
}

fn anchor(heading: &str) -> String {
    let lower = heading.trim().to_lowercase();
    let kept = lower.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.collect::<String>().replace(' ', "-")
}

/// Without fenced blocks and code between backticks.
fn prose(text: &str) -> String {
    let lines: Vec<String> = outside_of_fences(text)
        .map(|line| line.split('`').step_by(2).collect::<Vec<_>>().join("code"))
        .collect();
    lines.join("\n")
}

fn outside_of_fences(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        inside ^= is_fence;
        !inside && !is_fence
    })
}

/// Every Markdown file below a folder, but for what tools put there.
pub fn pages_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(|path| path.is_dir());
    let own = folders.iter().filter(|folder| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        !name.starts_with('.') && !matches!(&*name, "node_modules" | "target" | "__pycache__")
    });
    let pages = files.into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "md"));
    pages.chain(own.flat_map(|folder| pages_below(folder))).collect()
}
