//! What a command has to say: collected in full, with colours, and printed once at the end.
//!
//! Collecting first makes a closed pipe harmless: `ringgen check schemas | head -1` prints its line and exits with
//! the status that the check earned, without a word about the pipe.

use std::fmt::{self, Display, Write as _};
use std::io::{self, ErrorKind, Write};

use anstyle::{AnsiColor, Style};

/// Headings and names that the eye should find.
pub(crate) const BOLD: Style = Style::new().bold();
/// What is there for completeness.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What is well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What deserves a look.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
/// What is wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Whether everything was as it should be. Not an error either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Exit status 0.
    Fine,
    /// Exit status 1.
    Findings,
}

impl Verdict {
    /// [`Verdict::Findings`] if there are any.
    pub(crate) fn of(findings: bool) -> Verdict {
        if findings { Verdict::Findings } else { Verdict::Fine }
    }
}

/// Why a command could not do its work: exit status 2.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    help: Vec<String>,
}

impl Failure {
    /// A failure in one sentence, without a full stop.
    pub(crate) fn new(message: impl Display) -> Self {
        Failure { message: message.to_string(), help: Vec::new() }
    }

    /// The sentence.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// With a line that says what to do instead.
    pub(crate) fn help(mut self, line: impl Display) -> Self {
        self.help.push(line.to_string());
        self
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{BAD}error{BAD:#}{BOLD}: {}{BOLD:#}", self.message)?;
        self.help.iter().try_for_each(|line| writeln!(f, "{GOOD}help{GOOD:#}: {line}"))
    }
}

impl From<ringgen_build::Error> for Failure {
    fn from(error: ringgen_build::Error) -> Self {
        let failure = Failure::new(&error);
        match error {
            ringgen_build::Error::NoSchema { .. } => {
                failure.help("a folder stands for every *.toml in it, not for folders inside it")
            }
            ringgen_build::Error::SamePackage { .. } => {
                failure.help("a package is one file in each language: give one of them another `package`")
            }
            _ => failure,
        }
    }
}

/// The two streams of a command.
#[derive(Debug, Default)]
pub(crate) struct Output {
    stdout: String,
    stderr: String,
}

impl Output {
    /// What the command was asked for.
    pub(crate) fn stdout(&mut self) -> &mut impl fmt::Write {
        &mut self.stdout
    }

    /// What stands in the way of it.
    pub(crate) fn stderr(&mut self) -> &mut impl fmt::Write {
        &mut self.stderr
    }

    /// Adds a line to what the command was asked for.
    pub(crate) fn line(&mut self, line: impl Display) {
        write(&mut self.stdout, format_args!("{line}\n"));
    }

    /// Prints both streams; colours stay only where they are wanted.
    pub(crate) fn print(&self) -> io::Result<()> {
        quiet(anstream::stderr().lock().write_all(self.stderr.as_bytes()))?;
        quiet(self.print_stdout())
    }

    /// Prints what the command was asked for; that nobody reads it is an error too.
    pub(crate) fn print_stdout(&self) -> io::Result<()> {
        let mut stdout = anstream::stdout().lock();
        stdout.write_all(self.stdout.as_bytes())?;
        stdout.flush()
    }
}

/// Writes to a string, which can't fail.
pub(crate) fn write(to: &mut impl fmt::Write, arguments: fmt::Arguments<'_>) {
    to.write_fmt(arguments).expect("writing to a String cannot fail");
}

/// A reader that has seen enough is no error.
fn quiet(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// How many columns there are to fill: `$COLUMNS`, else the terminal's width, else 100.
pub(crate) fn columns() -> usize {
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|&columns| columns > 0);
    asked.or_else(|| terminal_size::terminal_size().map(|(width, _)| width.0.into())).unwrap_or(100)
}

/// A number of things, for people: `1 finding`, `12 findings`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", thousands(number as u64), if number == 1 { "" } else { "s" })
}

/// A number with its thousands marked: `1,234,567`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size for people: exact bytes below 1 KiB, then one decimal at most.
pub(crate) fn human_bytes(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let power = (bytes.ilog2() / 10) as usize;
    let tenths = (u128::from(bytes) * 10 + (1 << (10 * power - 1))) >> (10 * power);
    let (whole, tenth) = (tenths / 10, tenths % 10);
    let mut text = whole.to_string();
    if tenth != 0 {
        write!(text, ".{tenth}").expect("writing to a String cannot fail");
    }
    format!("{text} {}", units[power - 1])
}

/// Text from outside with every control character made visible, so that no file can steer the terminal.
pub(crate) fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unsafe(character) {
            safe.extend(character.escape_unicode());
        } else {
            safe.push(character);
        }
    }
    safe
}

/// Control characters, and those that change the direction of what follows.
fn is_unsafe(character: char) -> bool {
    let turns = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(count(1, "finding"), "1 finding");
        assert_eq!(count(2, "finding"), "2 findings");
    }

    #[test]
    fn sizes_read_well() {
        let cases = [(0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (180_224, "176 KiB")];
        for (bytes, text) in cases {
            assert_eq!(human_bytes(bytes), text);
        }
        assert_eq!(human_bytes(u64::MAX), "16 EiB");
    }

    #[test]
    fn no_file_can_steer_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(printable("µs, 漢字"), "µs, 漢字");
        assert_eq!(printable("x\u{202e}y"), "x\\u{202e}y");
    }
}
