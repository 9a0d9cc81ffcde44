//! Rings: a class that creates and attaches, and a class for each role. They hold objects of the package `ringgen`,
//! which is imported when the first ring is created or attached.

use super::code::{Code, docstring, string};
use super::{modules, push};
use crate::backend::text::{paragraphs, text};
use crate::plan::{Plan, RingPlan, TypePlan};

pub(super) fn print(code: &mut Code, plan: &Plan, ring: &RingPlan) {
    print_ring(code, plan, ring);
    print_producer(code, plan, ring);
    print_consumer(code, plan, ring);
}

const WHERE: [&str; 2] = ["instance: str | None = None", "directory: str | _os.PathLike[str] | None = None"];

fn print_ring(code: &mut Code, plan: &Plan, ring: &RingPlan) {
    let RingPlan { type_name, capacity, wait, message, .. } = ring;
    let (title, message) = (plan.ty(*message).name(), modules::type_name(plan, *message));
    let word = string(wait.word());
    code.section();
    code.block(format_args!("class {type_name}(_Ring[{message}]):"), |code| {
        let what = text!("A ring of {capacity} `{title}`, from one producer to one consumer.");
        docstring(code, &paragraphs([ring.doc.as_str(), &what]));
        code.line("");
        code.line("__slots__ = ()");
        let name = text!("{}.{}", plan.package, ring.name);
        code.line(format_args!("NAME: _t.ClassVar[str] = {}", string(&name)));
        code.line(format_args!("CAPACITY: _t.ClassVar[int] = {capacity}"));
        code.line("KIND: _t.ClassVar[str] = \"spsc\"");
        code.line(format_args!("WAIT: _t.ClassVar[_Wait] = {word}"));
        let name = "name: str | _os.PathLike[str] = NAME";
        let capacity = text!("capacity: int = {capacity}");
        let wait = text!("wait: _Wait = {word}");
        let mut opener = |verb: &str, doc: &str, has_capacity: bool, more: Option<&str>| {
            let mut parameters = vec!["cls", name, "*"];
            let mut arguments = vec![text!("_ringgen.Message.of({message})"), "name".to_string()];
            if has_capacity {
                parameters.push(&capacity);
                arguments.push("capacity".to_string());
            }
            parameters.extend(WHERE);
            parameters.push(&wait);
            parameters.extend(more);
            let keywords = ["instance", "directory", "wait"].into_iter().chain(more.map(|_| "first_position"));
            arguments.extend(keywords.map(|keyword| text!("{keyword}={keyword}")));
            code.line("");
            code.line("@classmethod");
            code.function(format_args!("def {verb}("), parameters, &text!(") -> {type_name}:"), |code| {
                docstring(code, doc);
                code.line("import ringgen as _ringgen");
                code.line("");
                code.list(format_args!("ring = _ringgen.Ring.{verb}("), arguments, ")");
                code.line("return cls(ring)");
            });
        };
        opener(
            "create",
            "Makes the ring; `AlreadyExists` if there is one of that name. A name with a `/` in it is a path.",
            true,
            Some("first_position: int = 0"),
        );
        opener("attach", "Attaches to a ring that carries this message, or raises a `RingError`.", false, None);
        opener("open_or_create", "Attaches to the ring, or makes it if there is none.", true, None);
        for (verb, class, doc) in [
            ("producer", "Producer", "Claims the writing role: `RoleTaken` while a living process has it."),
            ("consumer", "Consumer", "Claims the reading role: `RoleTaken` while a living process has it."),
        ] {
            code.line("");
            code.block(format_args!("def {verb}(self) -> {type_name}{class}:"), |code| {
                docstring(code, doc);
                code.line(format_args!("return {type_name}{class}(self._ring.{verb}())"));
            });
        }
    });
}

/// What a batch of slots is seen as.
fn rows(plan: &Plan) -> (&'static str, &'static str) {
    if plan.targets.python.numpy { ("_rows", "_Rows") } else { ("", "memoryview") }
}

fn print_producer(code: &mut Code, plan: &Plan, ring: &RingPlan) {
    let (title, name) = (plan.ty(ring.message).name(), modules::type_name(plan, ring.message));
    let (suffix, rows) = rows(plan);
    let (mut pushed, mut made, mut messages) = (name.clone(), String::new(), "messages");
    if let TypePlan::Variant(of) = plan.ty(ring.message) {
        pushed = text!("{name} | {}", push::value_type(plan, ring, of));
        made = push::batch(plan, ring, of) + "\n";
        messages = "batch";
    }
    let batch = match plan.targets.python.numpy {
        true => text!("_abc.Iterable[{pushed}] | _Rows"),
        false => text!("_abc.Iterable[{pushed}]"),
    };
    code.section();
    code.block(format_args!("class {}Producer(_Side[\"_ringgen.Producer[{name}]\"]):", ring.type_name), |code| {
        docstring(code, &text!("Writes `{title}`. Verbs that begin with `try_` never wait; others wait for room."));
        code.line("");
        code.line("__slots__ = ()");
        match plan.ty(ring.message) {
            TypePlan::Variant(of) => push::of_variant(code, plan, ring, of),
            _ => push::of_struct(code, plan, ring, plan.structure(ring.message)),
        }
        method(
            code,
            "try_push_many",
            &[&text!("messages: {batch}")],
            "int",
            &["Pushes as many as there is room for now, in order. How many."],
            &text!("{made}return self._core.try_push_many({messages})"),
        );
        method(
            code,
            "push_many",
            &[&text!("messages: {batch}"), "timeout: float | None = None"],
            "int",
            &[
                "Pushes all and waits for room in between, each time at most `timeout` seconds. How many.",
                "Fewer than all only if waiting ended in an error, which is raised if none was pushed.",
            ],
            &text!("{made}return self._core.push_many({messages}, timeout)"),
        );
        method(
            code,
            "try_claim",
            &["count: int"],
            &text!("{rows} | None"),
            &["1 to `count` free slots side by side, to be written and committed; None if the ring is full."],
            &text!("return self._core.try_claim{suffix}(count)"),
        );
        method(
            code,
            "claim",
            &["count: int", "timeout: float | None = None"],
            rows,
            &["1 to `count` free slots side by side, to be written and committed; waits for room."],
            &text!("return self._core.claim{suffix}(count, timeout)"),
        );
        method(
            code,
            "commit",
            &["count: int | None = None"],
            "None",
            &["Publishes the first `count` claimed slots, all without a number; the view can't be written any more."],
            "self._core.commit(count)",
        );
    });
}

fn print_consumer(code: &mut Code, plan: &Plan, ring: &RingPlan) {
    let (title, name) = (plan.ty(ring.message).name(), modules::type_name(plan, ring.message));
    let (suffix, rows) = rows(plan);
    let (many, batch) =
        if plan.targets.python.numpy { ("rows", "_Rows".to_string()) } else { ("many", text!("list[{name}]")) };
    code.section();
    code.block(format_args!("class {}Consumer(_Side[\"_ringgen.Consumer[{name}]\"]):", ring.type_name), |code| {
        docstring(
            code,
            &paragraphs([
                &text!("Takes `{title}`. Verbs that begin with `try_` never wait; others wait for a message."),
                "The end of the stream is a value: None, or an empty batch. Iteration stops there.",
            ]),
        );
        code.line("");
        code.line("__slots__ = ()");
        code.line("");
        code.line("@property");
        code.block("def ended(self) -> bool:", |code| {
            docstring(code, "Whether the producer has closed and everything it pushed has been taken.");
            code.line("return self._core.ended");
        });
        method(
            code,
            "try_pop",
            &[],
            &text!("{name} | None"),
            &["Takes a message; None if there is none now."],
            "return self._core.try_pop()",
        );
        method(
            code,
            "pop",
            &["timeout: float | None = None"],
            &text!("{name} | None"),
            &["Takes a message; waits for one, at most `timeout` seconds. None at the end of the stream alone."],
            "message = self._core.try_pop()\nreturn self._core.wait_and_pop(timeout) if message is None else message",
        );
        method(
            code,
            "__iter__",
            &[],
            &text!("_abc.Iterator[{name}]"),
            &["All messages until the end of the stream."],
            "return iter(self._core)",
        );
        method(
            code,
            "try_pop_many",
            &["count: int"],
            &batch,
            &["Takes up to `count` messages that are there now."],
            &text!("return self._core.try_pop_{many}(count)"),
        );
        method(
            code,
            "pop_many",
            &["count: int", "timeout: float | None = None"],
            &batch,
            &["Takes 1 to `count` messages; waits for the first. Empty at the end of the stream alone."],
            &text!("return self._core.pop_{many}(count, timeout)"),
        );
        method(
            code,
            "try_peek",
            &["count: int"],
            &text!("{rows} | None"),
            &["1 to `count` messages side by side, still in the ring; None if there is none now."],
            &text!("return self._core.try_peek{suffix}(count)"),
        );
        method(
            code,
            "peek",
            &["count: int", "timeout: float | None = None"],
            &text!("{rows} | None"),
            &["As `try_peek`, but waits for a message. None at the end of the stream alone."],
            &text!("return self._core.peek{suffix}(count, timeout)"),
        );
        method(
            code,
            "release",
            &["count: int | None = None"],
            "None",
            &["Gives the first `count` of the peeked slots back, all without a number; don't read them any more."],
            "self._core.release(count)",
        );
    });
}

fn method(code: &mut Code, name: &str, parameters: &[&str], gives: &str, doc: &[&str], body: &str) {
    code.line("");
    code.define(name, [&["self"], parameters].concat(), gives, |code| {
        docstring(code, &paragraphs(doc.iter().copied()));
        code.lines(body);
    });
}
