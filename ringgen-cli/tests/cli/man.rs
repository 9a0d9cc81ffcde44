//! `ringgen man`.

use std::fs;
use std::process::Command;

use crate::help::commands;
use crate::optional::optional_tool;
use crate::support::{golden, ringgen, run};

#[test]
fn the_page_of_a_command_has_the_sections_of_manual_pages() {
    golden("man-generate.1", &ringgen("man generate").stdout_of(0));
    let root = ringgen("man").stdout_of(0);
    for command in commands() {
        let page = ringgen(&format!("man {command}")).stdout_of(0);
        assert!(page.contains(&format!(".TH ringgen-{command} 1 ")), "{page}");
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"] {
            assert!(page.contains(&format!(".SH {section}\n")), "{command} has no {section}");
        }
        assert!(root.contains(&format!("ringgen\\-{command}(1)")), "{root}");
    }
    assert!(root.contains(".SH \"EXIT STATUS\"\n") && root.contains(".SH EXAMPLES\n"), "{root}");
}

#[test]
fn all_pages_go_to_a_folder_and_man_can_read_them() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("man1");
    let told = run(["man".as_ref(), "--out".as_ref(), out.as_os_str()]).stdout_of(0);
    let mut names: Vec<String> = commands().iter().map(|command| format!("ringgen-{command}.1")).collect();
    names.push("ringgen.1".to_string());
    assert_eq!(told.lines().count(), names.len(), "{told}");
    for name in names {
        let path = out.join(&name);
        let page = fs::read_to_string(&path).unwrap();
        let verb = name.strip_prefix("ringgen-").and_then(|rest| rest.strip_suffix(".1")).unwrap_or_default();
        assert_eq!(page, ringgen(&format!("man {verb}")).stdout_of(0));
        let Ok(output) = Command::new("groff").args(["-k", "-man", "-ww", "-Tutf8"]).arg(&path).output() else {
            optional_tool("groff", Err("it is not on this machine"));
            return;
        };
        let (shown, complaints) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && complaints.is_empty(), "{name}: {complaints}");
        assert!(shown.contains("ringgen 0."), "{shown}");
    }
    optional_tool("groff", Ok("formats every manual page without a warning"));
}

#[test]
fn an_unknown_command_has_no_page() {
    let error = ringgen("man nonsense").stderr_of(2);
    assert!(error.contains("there is no command `nonsense`") && error.contains("init, generate, "), "{error}");
}
