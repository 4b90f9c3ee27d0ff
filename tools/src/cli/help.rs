//! What `--help` and `--version` print; the options come from their table.

use std::fmt::Write as _;

use super::line::{Command, OPTIONS, Opt, Takes};
use super::module::Module;
use crate::world::{Known, World};

const COMMANDS: [(&str, &str); 6] = [
    ("verify", "is this token accepted? prints the identity"),
    ("explain", "every check, and the clause of the contract for it"),
    ("inspect", "what a token says, unverified"),
    ("doctor", "what is wrong between policy, issuer and token"),
    ("contract check [FILE|family]", "is this contract sound?"),
    ("digest", "which module and contract are installed"),
];

/// The text that was asked for instead of a command.
pub(super) fn asked(world: &World) -> Known<Option<String>> {
    let mut words = world.arguments.iter().map(String::as_str).take_while(|word| *word != "--");
    let Some(word) = words.find(|word| matches!(*word, "--help" | "-h" | "--version" | "help")) else {
        return Ok(None);
    };
    if word == "--version" {
        return Module::of(world).map(|module| Some(module.version_line()));
    }
    if word == "help" && world.arguments.first().is_none_or(|first| first != "help") {
        return Ok(None);
    }
    let named = world.arguments.iter().find_map(|word| Command::of(word));
    Ok(Some(named.map_or_else(whole, of_command)))
}

fn whole() -> String {
    let mut text = String::from(
        "authn: checks bearer tokens (signed JWTs)\n\nUsage: authn COMMAND [TOKEN] [OPTIONS]\n\nCommands\n",
    );
    for (name, what) in COMMANDS {
        put(&mut text, name, what);
    }
    text.push_str("\nToken: an argument, - (standard input), --token-file FILE, or AUTHN_TOKEN\n");
    text.push_str("\nOptions\n");
    for option in &OPTIONS {
        put(&mut text, &spelled(option), option.help);
    }
    put(&mut text, "--help, --version", "`authn help COMMAND` has examples");
    text.push_str("\nExit: 0 accepted, healthy; 1 rejected, findings; 2 usage; 3 keys unavailable\n");
    text
}

fn of_command(command: Command) -> String {
    let (usage, examples): (&str, &[&str]) = match command {
        Command::Verify => (
            "verify [TOKEN] [POLICY OPTIONS]",
            &[
                "authn verify --issuer https://id.example/ --audience my-app --token-file token.txt",
                "authn verify --contract family --app fuzekeys --environment production < token.txt",
            ],
        ),
        Command::Explain => (
            "explain [TOKEN] [POLICY OPTIONS] [--values]",
            &["authn explain --issuer https://id.example/ --audience my-app --values < token.txt"],
        ),
        Command::Inspect => ("inspect [TOKEN]", &["authn inspect < token.txt"]),
        Command::Doctor => (
            "doctor [TOKEN] [POLICY OPTIONS] [DOCTOR OPTIONS]",
            &[
                "authn doctor --issuer https://id.example/ --audience my-app",
                "authn doctor --token-file token.txt --discovery discovery.json --key-set keys.json --offline",
            ],
        ),
        Command::Contract => (
            "contract check [FILE|family] [--app NAME] [--environment NAME]",
            &["authn contract check", "authn contract check my-contract.json --app my-app"],
        ),
        Command::Digest => ("digest", &["authn digest --json"]),
    };
    let what =
        COMMANDS.iter().find(|(name, _)| name.starts_with(command.name())).map_or("", |(_, what)| what);
    let mut text = format!("authn {}: {what}\n\nUsage: authn {usage}\n\nExamples\n", command.name());
    examples.iter().for_each(|example| {
        let _ = writeln!(text, "  {example}");
    });
    text.push_str("\nOptions\n");
    for option in OPTIONS.iter().filter(|option| option.of.contains(&command)) {
        put(&mut text, &spelled(option), option.help);
    }
    text
}

fn spelled(option: &Opt) -> String {
    match option.takes {
        Takes::Nothing => option.name.to_owned(),
        Takes::Value | Takes::Values | Takes::File => format!("{} {}", option.name, option.value),
    }
}

fn put(text: &mut String, name: &str, what: &str) {
    let line =
        if name.len() > 20 { format!("  {name}\n{:23}{what}", "") } else { format!("  {name:20} {what}") };
    // Writing into a string cannot fail.
    let _ = writeln!(text, "{line}");
}
