//! `ringgen explain`.

use crate::support::{golden, ringgen};

#[test]
fn a_code_has_a_page() {
    let page = ringgen("explain R001").stdout_of(0);
    golden("explain-R001.txt", &page);
    assert_eq!(ringgen("explain r001").stdout_of(0), page, "either case will do");
}

#[test]
fn without_a_code_all_are_listed() {
    golden("explain.txt", &ringgen("explain").stdout_of(0));
}

#[test]
fn an_unknown_code_is_status_2_with_the_nearest_one() {
    let near = ringgen("explain R1").stderr_of(2);
    assert!(near.contains("did you mean R001,"), "{near}");
    let typo = ringgen("explain R0O1").stderr_of(2);
    assert!(typo.contains("did you mean R001,"), "{typo}");
    let far = ringgen("explain nonsense").stderr_of(2);
    assert_eq!(far, "error: there is no code `nonsense`\nhelp: `ringgen explain` lists all codes\n");
}

#[test]
fn every_code_in_the_list_can_be_explained() {
    let list = ringgen("explain").stdout_of(0);
    for line in list.lines() {
        let code = line.split(' ').next().unwrap();
        let page = ringgen(&format!("explain {code}")).stdout_of(0);
        assert!(page.starts_with(&format!("{code}: ")) && page.lines().count() > 2, "{page}");
    }
}
