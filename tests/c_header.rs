//! The headers that the C backend prints: gcc, g++ and whatever else is on the machine take them without a warning, a
//! program that includes one writes and reads the bytes that every other language does, and what should not compile
//! does not.

mod common;
#[path = "c_header/program.rs"]
mod program;
#[path = "interop/vectors.rs"]
#[allow(dead_code, reason = "the tests of interop use the rest")]
mod vectors;

use std::process::Command;

use common::compilers::{self, GCC, GPP, OPTIONAL};
use ringgen_schema::backend::BACKENDS;
use ringgen_schema::plan::Plan;
use ringgen_schema::{Source, compile};

fn header(plan: &Plan) -> String {
    BACKENDS.iter().find(|backend| backend.language() == "c").expect("there is a C backend").emit(plan)
}

/// Calls `check` with those that must be on the machine, and with those that are.
fn with_each_compiler(found: &str, check: impl Fn(compilers::Compiler)) {
    check(GCC);
    check(GPP);
    for compiler in OPTIONAL {
        let tool = format!("{compiler}, headers");
        match compiler.is_there() {
            Ok(()) => {
                check(compiler);
                common::optional_tool(&tool, Ok(found));
            }
            Err(why) => common::optional_tool(&tool, Err(&why)),
        }
    }
}

#[test]
fn every_header_compiles_without_a_warning_in_c_and_in_cpp() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let mut arguments = vec!["-fsyntax-only".to_string()];
    for (index, (_, plans)) in common::schemas().iter().enumerate() {
        // Cases are packages of the same name, so that each is a folder and a program of its own.
        let case = folder.path().join(index.to_string());
        std::fs::create_dir(&case).expect("a fresh directory");
        for plan in plans {
            let name = &plan.package;
            std::fs::write(case.join(format!("{name}.h")), header(plan)).expect("a fresh directory");
            let twice = format!("#include \"{name}.h\"\n#include \"{name}.h\"\n");
            std::fs::write(case.join(format!("{name}.c")), twice).expect("a fresh directory");
            arguments.push(format!("{index}/{name}.c"));
        }
    }
    assert!(arguments.len() > 25, "only {} headers", arguments.len());
    with_each_compiler("takes every one without a warning", |compiler| compiler.compile(folder.path(), &arguments));
}

/// Compiles a program over a header, runs it with this input, and gives what it prints.
fn run(compiler: compilers::Compiler, (name, header): (&str, &str), program: &str, input: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a fresh directory");
    write(name, header);
    write("check.h", &common::text("tests/c_header/check.h"));
    // Whatever is not included does no harm.
    write("clock.h", &common::text("generated/c/clock.h"));
    write("program.c", program);
    write("input", input);
    compiler.compile(folder.path(), ["program.c", "-o", "program"]);
    let input = std::fs::File::open(folder.path().join("input")).expect("it was written");
    let output = Command::new(folder.path().join("program")).stdin(input).output().expect("what was compiled runs");
    let printed = String::from_utf8(output.stdout).expect("it prints ASCII");
    assert!(output.status.success(), "{compiler}: {printed}");
    printed
}

/// The bytes are those of `everything.hex`, which the peers in `interop.rs` write and read in every other language.
#[test]
fn a_program_in_c_writes_and_reads_what_every_other_language_does() {
    let plan = vectors::plan("kitchen_sink");
    let header = common::text("generated/c/kitchen_sink.h");
    let text = program::text(&plan, vectors::structure(&plan, "Everything"), &vectors::rows());
    let expected = common::text("tests/interop/everything.hex");
    for compiler in [GCC, GPP] {
        let printed = run(compiler, ("kitchen_sink.h", &header), &text, &expected);
        assert!(printed == expected, "{compiler} prints\n{printed}and not\n{expected}");
    }
}

#[test]
fn what_headers_bring_along_does_what_they_say() {
    let header = common::text("generated/c/market.h");
    for compiler in [GCC, GPP] {
        run(compiler, ("market.h", &header), &common::text("tests/c_header/helpers.c"), "");
    }
}

/// The header of a case of the schema crate, and the program about it.
fn of_case(name: &str, program: &str) -> (String, String) {
    let header = format!("ringgen-schema/tests/cases/{name}/out.h");
    (common::text(header), common::text(format!("tests/c_header/{program}.c")))
}

#[test]
fn a_null_value_is_known_even_to_fast_math() {
    let (header, program) = of_case("nulls-and-ranges", "nulls");
    for compiler in [GCC, GPP] {
        run(compiler, ("nulls.h", &header), &program, "");
        run(compiler.with(&["-O2", "-ffast-math"]), ("nulls.h", &header), &program, "");
    }
}

#[test]
fn a_variant_is_read_by_its_tag_and_leaves_no_byte_to_chance() {
    let (header, program) = of_case("variants", "variants");
    let bytes = |tag: [u8; 2], payload: &[u8]| {
        let mut bytes = [0; 128];
        bytes[..2].copy_from_slice(&tag);
        bytes[64..64 + payload.len()].copy_from_slice(payload);
        bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n"
    };
    let worst = bytes([3, 0], &[5, 0, 0, 0, 0, 0, 0, 0, 4, 3, 2, 1]);
    let heartbeat = bytes([0, 0], &[7]);
    for compiler in [GCC, GPP] {
        assert_eq!(run(compiler, ("variants.h", &header), &program, ""), worst.clone() + &heartbeat, "{compiler}");
    }
}

/// Whoever uses a member that some version gave up is told; whoever only includes the header is not.
#[test]
fn a_member_that_was_given_up_is_warned_of() {
    let header = common::text("ringgen-schema/tests/cases/history-of-members/out.h");
    let uses = |member: &str| {
        format!(
            "{header}\nint use(const example_Trade *of);\nint use(const example_Trade *of) {{ return of->{member} != 0; }}\n"
        )
    };
    refuses(&uses("id"), &[], "since version 3");
    for compiler in [GCC, GPP] {
        let folder = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(folder.path().join("uses.c"), uses("key")).expect("a fresh directory");
        compiler.compile(folder.path(), ["-fsyntax-only", "uses.c"]);
    }
}

/// A header's assertions are worth something if they can fail.
#[test]
fn a_member_that_is_not_where_the_plan_has_it_does_not_compile() {
    let header = common::text("generated/c/market.h");
    let refused = |from: &str, to: &str, why: &str| {
        assert_eq!(header.matches(from).count(), 1, "`{from}` is there once");
        refuses(&header.replace(from, to), &[], why);
    };
    refused("uint32_t quantity; /* 16", "uint64_t quantity; /* 16", "market_Trade.quantity must have 4 bytes");
    refused("    uint8_t _pad0[1]; /* 29", "    uint8_t _pad0[3]; /* 29", "market_Trade.conditions must lie at 30");
    refused("RINGGEN_ALIGNAS_(64) uint64_t ts", "uint64_t ts", "market_Book must be aligned to 64");
    refused("uint8_t _rsv[11];", "uint8_t _rsv[12];", "market_Book must have 192 bytes");
}

#[test]
fn what_would_be_read_the_wrong_way_round_does_not_compile() {
    let header = common::text("generated/c/market.h");
    let big = ["-Wno-builtin-macro-redefined", "-U__BYTE_ORDER__", "-D__BYTE_ORDER__=__ORDER_BIG_ENDIAN__"];
    refuses(&header, &big, "messages of ringgen are little-endian, and this target is not");
    refuses(&header, &["-Wno-builtin-macro-redefined", "-U__BYTE_ORDER__"], "the byte order of this target is unknown");
}

/// Compiles a header that both languages must refuse, with these words.
fn refuses(header: &str, flags: &[&str], why: &str) {
    let folder = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(folder.path().join("refused.c"), header).expect("a fresh directory");
    for compiler in [GCC, GPP] {
        let output = compiler.try_compile(folder.path(), flags.iter().chain(&["-fsyntax-only", "refused.c"]));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(why), "{compiler} does not say `{why}`:\n{said}");
    }
}

/// Headers of C, and some of POSIX that a program may include as well, before or behind.
const OF_C: &str = "
    assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic
    stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype
";
const OF_POSIX: &str = "
    arpa/inet dirent dlfcn fcntl grp netdb netinet/in poll pthread pwd sched semaphore sys/epoll sys/ioctl sys/mman
    sys/resource sys/select sys/socket sys/stat sys/time sys/types sys/uio sys/un sys/wait syslog termios ucontext unistd
";

fn include(names: &str) -> String {
    names.split_whitespace().map(|name| format!("#include <{name}.h>\n")).collect()
}

/// The macros that gcc knows of with these headers: their names, and whether they take no arguments.
fn macros(headers: &str, flags: &[&str]) -> Vec<(String, bool)> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(folder.path().join("all.c"), headers).expect("a fresh directory");
    let mut gcc = Command::new("gcc");
    let output = gcc.args(flags).args(["-dM", "-E", "all.c"]).current_dir(folder.path()).output().expect("gcc runs");
    assert!(output.status.success(), "gcc: {}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8_lossy(&output.stdout);
    let names = printed.lines().filter_map(|line| line.strip_prefix("#define ")?.split(' ').next());
    names.map(|name| (name.split('(').next().unwrap_or(name).to_string(), !name.contains('('))).collect()
}

#[test]
fn a_field_may_be_called_as_a_macro_of_the_system_is() {
    let headers = include(OF_C) + &include(OF_POSIX);
    let is_field = |name: &str| {
        let is_word = |word: &str| word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.split('_').all(|word| !word.is_empty() && is_word(word))
    };
    let gnu = ["-std=gnu11", "-D_GNU_SOURCE"];
    let mut names: Vec<String> = macros(&headers, &gnu)
        .into_iter()
        .filter(|(name, plain)| *plain && is_field(name))
        .map(|(name, _)| name)
        .collect();
    names.sort();
    assert!(names.len() > 20 && ["errno", "linux", "stdin"].iter().all(|name| names.contains(&name.to_string())));

    let fields: String = names.iter().map(|name| format!("  {{ name = \"{name}\", type = \"u8\" }},\n")).collect();
    let schema = format!("ringgen = 1\npackage = \"probe\"\n[message.Words]\nfields = [\n{fields}]\n");
    let plan = vectors::plan_of("probe", &schema);
    let folder = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(folder.path().join("probe.h"), header(&plan)).expect("a fresh directory");
    let members = vectors::structure(&plan, "Words").data_fields();
    let sum: Vec<String> = members.map(|field| format!("of->{}", field.names.c)).collect();
    let uses = format!(
        "int sum(const probe_Words *of);\nint sum(const probe_Words *of) {{ return {}; }}\n",
        sum.join("\n    + ")
    );
    let ours = "#include \"probe.h\"\n";
    std::fs::write(folder.path().join("first.c"), format!("{ours}{headers}{uses}")).expect("a fresh directory");
    std::fs::write(folder.path().join("last.c"), format!("{headers}{ours}{uses}")).expect("a fresh directory");
    let output = Command::new("gcc")
        .args(gnu)
        .args(["-Wall", "-Wextra", "-Werror", "-fsyntax-only", "first.c", "last.c"])
        .current_dir(folder.path())
        .output()
        .expect("gcc runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn no_macro_of_a_package_is_one_of_the_headers_of_c() {
    let mut tried = 0;
    for (name, _) in macros(&include(OF_C), &["-std=c11"]) {
        let is_word = |word: &str| word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if !name.starts_with(|c: char| c.is_ascii_uppercase())
            || name.split('_').any(|word| word.is_empty() || !is_word(word))
        {
            continue;
        }
        // `INT_FAST8_MAX` would be `MAX` of `int_fast8`, or `FAST8_MAX` of `int`.
        for (at, _) in name.match_indices('_').filter(|(at, _)| name.as_bytes()[at + 1].is_ascii_uppercase()) {
            let (package, constant) = (name[..at].to_ascii_lowercase(), &name[at + 1..]);
            let schema =
                format!("ringgen = 1\npackage = \"{package}\"\n[const]\n{constant} = {{ type = \"u8\", value = 1 }}\n");
            let report = compile(&Source::new("probe.toml", schema)).map(|_| ()).expect_err(&name);
            assert!(
                report.findings().iter().all(|finding| finding.code.id == "R010"),
                "{name}: {}",
                report.render(false)
            );
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}
