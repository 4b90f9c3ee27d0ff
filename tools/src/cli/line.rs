//! Which options there are, which commands take them, and how a command line is read.

use std::collections::BTreeMap;

use lexopt::Arg;

use super::secrecy;
use crate::world::{Known, Stop};

/// What may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Verify,
    Explain,
    Inspect,
    Doctor,
    Contract,
    Digest,
}

impl Command {
    pub(super) const ALL: [Self; 6] =
        [Self::Verify, Self::Explain, Self::Inspect, Self::Doctor, Self::Contract, Self::Digest];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Explain => "explain",
            Self::Inspect => "inspect",
            Self::Doctor => "doctor",
            Self::Contract => "contract",
            Self::Digest => "digest",
        }
    }

    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|command| command.name() == name)
    }
}

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    Value,
    /// May be given more than once.
    Values,
    /// A value that names a file.
    File,
}

/// One option, as help shows it.
pub(super) struct Opt {
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    /// What help calls its value.
    pub(super) value: &'static str,
    pub(super) of: &'static [Command],
    pub(super) help: &'static str,
}

const JUDGING: &[Command] = &[Command::Verify, Command::Explain, Command::Doctor];
const CONTRACTED: &[Command] = &[Command::Verify, Command::Explain, Command::Doctor, Command::Contract];
const READING: &[Command] = &[Command::Verify, Command::Explain, Command::Doctor, Command::Inspect];
const DOCTOR: &[Command] = &[Command::Doctor];

const fn opt(
    name: &'static str,
    takes: Takes,
    value: &'static str,
    of: &'static [Command],
    help: &'static str,
) -> Opt {
    Opt { name, takes, value, of, help }
}

/// The table, in the order of help.
pub(super) static OPTIONS: [Opt; 20] = [
    opt("--issuer", Takes::Values, "URL", JUDGING, "allowed `iss`, byte for byte; may be repeated"),
    opt("--audience", Takes::Values, "ID", JUDGING, "one of them must be in `aud`; may be repeated"),
    opt("--jwks-uri", Takes::Value, "URL", JUDGING, "where the key set is; else the issuer's discovery says"),
    opt("--keys", Takes::File, "FILE", JUDGING, "a JWK Set: nothing is fetched"),
    opt("--algorithms", Takes::Value, "LIST", JUDGING, "as RS256,ES256"),
    opt("--leeway", Takes::Value, "SECONDS", JUDGING, "clock tolerance, 0 to 300"),
    opt(
        "--insecure-host",
        Takes::Values,
        "HOST",
        JUDGING,
        "keys may come from it over plain http; may be repeated",
    ),
    opt(
        "--contract",
        Takes::File,
        "FILE",
        JUDGING,
        "a contract instead; `family` is the one that is shipped",
    ),
    opt("--app", Takes::Value, "NAME", CONTRACTED, "the app in the contract"),
    opt("--environment", Takes::Value, "NAME", CONTRACTED, "its environment"),
    opt("--policy", Takes::File, "FILE", JUDGING, "a whole policy instead of all of these"),
    opt("--token-file", Takes::File, "FILE", READING, "the token"),
    opt("--values", Takes::Nothing, "", &[Command::Explain], "show the values of claims"),
    opt("--discovery", Takes::File, "FILE", DOCTOR, "a discovery document, instead of fetching it"),
    opt("--key-set", Takes::File, "FILE", DOCTOR, "a key set, instead of fetching it"),
    opt("--page", Takes::Value, "URL", DOCTOR, "a page that loads the verifier"),
    opt("--offline", Takes::Nothing, "", DOCTOR, "fetch nothing"),
    opt("--now", Takes::Value, "SECONDS", &Command::ALL, "seconds since the epoch, instead of the clock"),
    opt("--json", Takes::Nothing, "", &Command::ALL, "one line of JSON"),
    opt("--no-color", Takes::Nothing, "", &Command::ALL, "no colour"),
];

/// A command line, read.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) command: Command,
    pub(super) positionals: Vec<String>,
    given: BTreeMap<&'static str, Vec<String>>,
}

impl Line {
    /// Reads a command line.
    pub(super) fn read(arguments: &[String]) -> Known<Self> {
        let mut parser = lexopt::Parser::from_args(arguments);
        let mut positionals: Vec<String> = Vec::new();
        let mut given: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        loop {
            match parser.next() {
                Ok(None) => break,
                Ok(Some(Arg::Value(value))) => positionals.push(value.to_string_lossy().into_owned()),
                Ok(Some(Arg::Long(name))) => {
                    let option = option_of(&format!("--{name}"))?;
                    let value = value_of(option, &mut parser)?;
                    let values = given.entry(option.name).or_default();
                    if !values.is_empty() && option.takes != Takes::Values {
                        return Stop::usage(format!("{} is given twice; give it once", option.name));
                    }
                    values.push(value);
                }
                Ok(Some(Arg::Short(letter))) => option_of(&format!("-{letter}")).map(|_| ())?,
                Err(error) => return Stop::usage(unexpected(&error)),
            }
        }
        let mut positionals = positionals.into_iter();
        let Some(first) = positionals.next() else {
            return Stop::usage(format!("a command is missing; give one of {}", names().join(", ")));
        };
        let Some(command) = Command::of(&first) else { return Stop::usage(no_command(&first)) };
        let line = Self { command, positionals: positionals.collect(), given };
        line.refuse_misplaced()?;
        Ok(line)
    }

    pub(super) fn has(&self, option: &str) -> bool {
        self.given.contains_key(option)
    }

    /// The value of an option that is given once.
    pub(super) fn value(&self, option: &str) -> Option<&str> {
        self.values(option).first().map(String::as_str)
    }

    pub(super) fn values(&self, option: &str) -> &[String] {
        self.given.get(option).map(Vec::as_slice).unwrap_or_default()
    }

    /// A whole number of seconds.
    pub(super) fn seconds(&self, option: &str) -> Known<Option<u64>> {
        let Some(value) = self.value(option) else { return Ok(None) };
        let digits = (1..=12).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
        match value.parse() {
            Ok(seconds) if digits => Ok(Some(seconds)),
            _ => Stop::usage(format!("{option} is not a whole number of seconds")),
        }
    }

    pub(super) fn refuse_more(&self, most: usize) -> Known<()> {
        if self.positionals.len() <= most {
            return Ok(());
        }
        let what = if most == 0 { "no argument" } else { "one argument" };
        Stop::usage(format!("{} takes {what}", self.command.name()))
    }

    fn refuse_misplaced(&self) -> Known<()> {
        let misplaced =
            OPTIONS.iter().find(|option| self.has(option.name) && !option.of.contains(&self.command));
        let Some(option) = misplaced else { return Ok(()) };
        let of: Vec<&str> = option.of.iter().map(|command| command.name()).collect();
        Stop::usage(format!(
            "{} is not for {}; it is for {}",
            option.name,
            self.command.name(),
            of.join(", ")
        ))
    }
}

/// Whether `--json` stands where an option may stand, on a line that could not be read.
pub(super) fn asks_for_json(arguments: &[String]) -> bool {
    arguments.iter().take_while(|argument| *argument != "--").any(|argument| argument == "--json")
}

pub(super) fn names() -> Vec<&'static str> {
    Command::ALL.map(Command::name).to_vec()
}

fn option_of(name: &str) -> Known<&'static Opt> {
    if let Some(option) = OPTIONS.iter().find(|option| option.name == name) {
        return Ok(option);
    }
    let known = OPTIONS.iter().map(|option| option.name).chain(["--help", "--version"]);
    let hint = closest(name, known)
        .map_or(String::from("see `authn --help`"), |close| format!("did you mean `{close}`?"));
    Stop::usage(format!("unknown option {}; {hint}", secrecy::named(name)))
}

fn value_of(option: &Opt, parser: &mut lexopt::Parser) -> Known<String> {
    let name = option.name;
    if option.takes == Takes::Nothing {
        return match parser.optional_value() {
            Some(_) => Stop::usage(format!("{name} takes no value; leave out what follows it")),
            None => Ok(String::new()),
        };
    }
    let value = parser.value().map(|value| value.to_string_lossy().into_owned()).unwrap_or_default();
    if value.is_empty() {
        return Stop::usage(format!("{name} needs a value; see `authn --help`"));
    }
    // What reads a file says so itself, and the file may bear such a name.
    if option.takes != Takes::File && secrecy::is_token(&value) {
        return Stop::usage(format!("the value of {name} looks like a token; see `authn --help`"));
    }
    Ok(value)
}

fn unexpected(error: &lexopt::Error) -> String {
    match error {
        lexopt::Error::UnexpectedValue { option, .. } => {
            format!("{option} takes no value; leave out what follows it")
        }
        _ => String::from("the command line cannot be read; see `authn --help`"),
    }
}

fn no_command(first: &str) -> String {
    let close = closest(first, names());
    let hint = close
        .map_or(format!("give one of {}", names().join(", ")), |close| format!("did you mean `{close}`?"));
    // A token may stand where the command was forgotten.
    let is_word = (1..=20).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_word {
        format!("unknown command `{first}`; {hint}")
    } else {
        format!("the first argument is not a command; give one of {}", names().join(", "))
    }
}

/// The known word that a misspelt one most likely stands for.
fn closest(word: &str, known: impl IntoIterator<Item = &'static str>) -> Option<&'static str> {
    let distance = |known: &&'static str| strsim::damerau_levenshtein(word, known);
    known.into_iter().min_by_key(distance).filter(|close| distance(close) <= 2.max(word.len() / 4))
}
