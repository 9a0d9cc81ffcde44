//! Rings: a class that creates and attaches, and a class for each role. They hold objects of the package `ringgen`,
//! which is imported when the first ring is created or attached.

use super::code::{Code, docstring, string};
use super::fields::Field;
use super::structs::{is_packable, packer};
use crate::backend::text::paragraphs;
use crate::plan::{Plan, RingPlan, StructPlan};

pub(super) fn print(code: &mut Code, plan: &Plan, ring: &RingPlan) {
    let message = plan.structure(ring.message);
    print_ring(code, plan, ring, message);
    print_producer(code, plan, ring, message);
    print_consumer(code, plan, ring, message);
}

const WHERE: [&str; 2] = ["instance: str | None = None", "directory: str | _os.PathLike[str] | None = None"];

fn print_ring(code: &mut Code, plan: &Plan, ring: &RingPlan, message: &StructPlan) {
    let RingPlan { type_name, capacity, wait, .. } = ring;
    let word = string(wait.word());
    code.section();
    code.block(format!("class {type_name}(_Ring[{}]):", message.name), |code| {
        let what = format!("A ring of {capacity} `{}`, from one producer to one consumer.", message.name);
        docstring(code, &paragraphs([ring.doc.as_str(), &what]));
        code.line("");
        code.line("__slots__ = ()");
        let name = format!("{}.{}", plan.package, ring.name);
        code.line(format!("NAME: _t.ClassVar[str] = {}", string(&name)));
        code.line(format!("CAPACITY: _t.ClassVar[int] = {capacity}"));
        code.line("KIND: _t.ClassVar[str] = \"spsc\"");
        code.line(format!("WAIT: _t.ClassVar[_Wait] = {word}"));
        let name = "name: str | _os.PathLike[str] = NAME";
        let capacity = format!("capacity: int = {capacity}");
        let wait = format!("wait: _Wait = {word}");
        let mut opener = |verb: &str, doc: &str, has_capacity: bool, more: Option<&str>| {
            let mut parameters = vec!["cls", name, "*"];
            let mut arguments = vec![format!("_ringgen.Message.of({})", message.name), "name".to_string()];
            if has_capacity {
                parameters.push(&capacity);
                arguments.push("capacity".to_string());
            }
            parameters.extend(WHERE);
            parameters.push(&wait);
            parameters.extend(more);
            let keywords = ["instance", "directory", "wait"].into_iter().chain(more.map(|_| "first_position"));
            arguments.extend(keywords.map(|keyword| format!("{keyword}={keyword}")));
            code.line("");
            code.line("@classmethod");
            code.function(&format!("def {verb}("), parameters, &format!(") -> {type_name}:"), |code| {
                docstring(code, doc);
                code.line("import ringgen as _ringgen");
                code.line("");
                code.list(&format!("ring = _ringgen.Ring.{verb}("), arguments, ")");
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
            code.block(format!("def {verb}(self) -> {type_name}{class}:"), |code| {
                docstring(code, doc);
                code.line(format!("return {type_name}{class}(self._ring.{verb}())"));
            });
        }
    });
}

/// What a batch of slots is seen as.
fn rows(plan: &Plan) -> (&'static str, &'static str) {
    if plan.targets.python.numpy { ("_rows", "_Rows") } else { ("", "memoryview") }
}

fn print_producer(code: &mut Code, plan: &Plan, ring: &RingPlan, message: &StructPlan) {
    let name = &message.name;
    let (suffix, rows) = rows(plan);
    let timeout = timeout(plan, message);
    let batch = if plan.targets.python.numpy {
        format!("_abc.Iterable[{name}] | _Rows")
    } else {
        format!("_abc.Iterable[{name}]")
    };
    code.section();
    code.block(format!("class {}Producer(_Side[\"_ringgen.Producer[{name}]\"]):", ring.type_name), |code| {
        docstring(code, &format!("Writes `{name}`. Verbs that begin with `try_` never wait; others wait for room."));
        code.line("");
        code.line("__slots__ = ()");
        push(code, plan, message, "try_push", "bool", None);
        push(code, plan, message, "push", "None", Some(&timeout));
        method(
            code,
            &format!("try_push_many(self, messages: {batch}) -> int"),
            &["Pushes as many as there is room for now, in order. How many."],
            "return self._core.try_push_many(messages)",
        );
        method(
            code,
            &format!("push_many(self, messages: {batch}, timeout: float | None = None) -> int"),
            &[
                "Pushes all and waits for room in between, each time at most `timeout` seconds. How many.",
                "Fewer than all only if waiting ended in an error, which is raised if none was pushed.",
            ],
            "return self._core.push_many(messages, timeout)",
        );
        method(
            code,
            &format!("try_claim(self, count: int) -> {rows} | None"),
            &["1 to `count` free slots side by side, to be written and committed; None if the ring is full."],
            &format!("return self._core.try_claim{suffix}(count)"),
        );
        method(
            code,
            &format!("claim(self, count: int, timeout: float | None = None) -> {rows}"),
            &["1 to `count` free slots side by side, to be written and committed; waits for room."],
            &format!("return self._core.claim{suffix}(count, timeout)"),
        );
        method(
            code,
            "commit(self, count: int | None = None) -> None",
            &["Publishes the first `count` claimed slots, all without a number; the view can't be written any more."],
            "self._core.commit(count)",
        );
    });
}

/// `try_push` or `push`: of a message, or of the values of its fields.
fn push(code: &mut Code, plan: &Plan, message: &StructPlan, verb: &str, gives: &str, timeout: Option<&str>) {
    let name = &message.name;
    let timeout_parameter = timeout.map(|timeout| format!("{timeout}: float | None = None"));
    let further = timeout.map(|timeout| format!(", {timeout}")).unwrap_or_default();
    let answer = if gives == "None" { "" } else { "return " };
    let fields: Vec<String> = Field::data(plan, message).map(|field| field.parameter()).collect();
    let tail = format!(") -> {gives}:");

    let head = format!("def {verb}(");
    let mut whole = vec!["self".to_string(), format!("_message: {name}"), "/".to_string()];
    if let Some(timeout) = &timeout_parameter {
        whole.extend(["*".to_string(), timeout.clone()]);
    }
    let mut each = vec!["self".to_string(), "/".to_string(), "*".to_string()];
    each.extend(fields.iter().cloned());
    each.extend(timeout_parameter.clone());
    let mut both =
        vec!["self".to_string(), format!("_message: {name} | None = None"), "/".to_string(), "*".to_string()];
    both.extend(fields);
    both.extend(timeout_parameter);

    for parameters in [whole, each] {
        code.line("");
        code.line("@_t.overload");
        code.list(&head, parameters, &format!("{tail} ..."));
    }
    code.line("");
    code.function(&head, both, &tail, |code| {
        docstring(
            code,
            match timeout {
                None => "Pushes a message, or one of these values, unless the ring is full. Whether it did.",
                Some(_) => "Pushes a message, or one of these values; waits for room, at most `timeout` seconds.",
            },
        );
        let keywords = || Field::data(plan, message).map(|field| format!("{0}={0}", field.name()));
        code.block("if _message is not None:", |code| {
            code.line(format!("{answer}self._core.{verb}(_message{further})"));
            if answer.is_empty() {
                code.line("return");
            }
        });
        if !is_packable(plan, message) {
            code.list(&format!("_message = {name}("), keywords(), ")");
            code.line(format!("{answer}self._core.{verb}(_message{further})"));
            return;
        }
        code.block("try:", |code| {
            let values = Field::data(plan, message).map(|field| field.pack());
            code.list(&format!("_data = {}.pack(", packer(message)), values, ")");
        });
        code.block("except (_struct.error, OverflowError):", |code| {
            // The setters check again and name the field.
            code.list(&format!("{name}("), keywords(), ")");
            code.line("raise");
        });
        if timeout.is_none() {
            code.line("return self._core.try_push_bytes(_data)");
            return;
        }
        // Almost always there is room, and a call less to find out.
        code.block("if not self._core.try_push_bytes(_data):", |code| {
            code.line(format!("self._core.push_bytes(_data{further})"));
        });
    });
}

/// The name of the parameter for the timeout, which gives way to a field of that name.
fn timeout(plan: &Plan, message: &StructPlan) -> String {
    let mut name = "timeout".to_string();
    while Field::data(plan, message).any(|field| field.name() == name) {
        name.push('_');
    }
    name
}

fn print_consumer(code: &mut Code, plan: &Plan, ring: &RingPlan, message: &StructPlan) {
    let name = &message.name;
    let (suffix, rows) = rows(plan);
    let (many, batch) =
        if plan.targets.python.numpy { ("rows", "_Rows".to_string()) } else { ("many", format!("list[{name}]")) };
    code.section();
    code.block(format!("class {}Consumer(_Side[\"_ringgen.Consumer[{name}]\"]):", ring.type_name), |code| {
        docstring(
            code,
            &paragraphs([
                &format!("Takes `{name}`. Verbs that begin with `try_` never wait; others wait for a message."),
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
            &format!("try_pop(self) -> {name} | None"),
            &["Takes a message; None if there is none now."],
            "return self._core.try_pop()",
        );
        method(
            code,
            &format!("pop(self, timeout: float | None = None) -> {name} | None"),
            &["Takes a message; waits for one, at most `timeout` seconds. None at the end of the stream alone."],
            "message = self._core.try_pop()\nreturn self._core.pop(timeout) if message is None else message",
        );
        method(
            code,
            &format!("__iter__(self) -> _abc.Iterator[{name}]"),
            &["All messages until the end of the stream."],
            "return iter(self._core)",
        );
        method(
            code,
            &format!("try_pop_many(self, count: int) -> {batch}"),
            &["Takes up to `count` messages that are there now."],
            &format!("return self._core.try_pop_{many}(count)"),
        );
        method(
            code,
            &format!("pop_many(self, count: int, timeout: float | None = None) -> {batch}"),
            &["Takes 1 to `count` messages; waits for the first. Empty at the end of the stream alone."],
            &format!("return self._core.pop_{many}(count, timeout)"),
        );
        method(
            code,
            &format!("try_peek(self, count: int) -> {rows} | None"),
            &["1 to `count` messages side by side, still in the ring; None if there is none now."],
            &format!("return self._core.try_peek{suffix}(count)"),
        );
        method(
            code,
            &format!("peek(self, count: int, timeout: float | None = None) -> {rows} | None"),
            &["As `try_peek`, but waits for a message. None at the end of the stream alone."],
            &format!("return self._core.peek{suffix}(count, timeout)"),
        );
        method(
            code,
            "release(self, count: int | None = None) -> None",
            &["Gives the first `count` of the peeked slots back, all without a number; don't read them any more."],
            "self._core.release(count)",
        );
    });
}

fn method(code: &mut Code, signature: &str, doc: &[&str], body: &str) {
    code.line("");
    code.block(format!("def {signature}:"), |code| {
        docstring(code, &paragraphs(doc.iter().copied()));
        code.lines(body);
    });
}
