//! Help, completions and man pages come from one definition.

use crate::support::{Place, stdout};

#[test]
fn the_help_of_the_hunt_teaches() {
    let run = Place::new().vigie(&["hunt", "--help"]).code(0);
    let help = stdout(&run);
    for taught in ["Examples:", "Exit codes:", "1  campaigns were found", "--objects", "standard input"] {
        assert!(help.contains(taught), "{taught}: {help}");
    }
}

#[test]
fn no_command_shows_how_to_start() {
    let run = Place::new().vigie(&[]).code(2);
    let help = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(help.contains("hunt"), "{help}");
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = Place::new().vigie(&["completions", shell]).code(0);
        for command in ["hunt", "explain", "score"] {
            assert!(stdout(&run).contains(command), "{shell}: {command}");
        }
    }
}

#[test]
fn every_command_has_a_man_page() {
    let place = Place::new();
    place.vigie(&["man", "man"]).code(0);
    for page in ["vigie", "vigie-hunt", "vigie-report", "vigie-explain", "vigie-sim", "vigie-score"] {
        let text = place.read(&format!("man/{page}.1"));
        assert!(text.contains(&format!(".TH {page}")), "{page}: {}", &text[..200]);
    }
    assert!(stdout(&place.vigie(&["man"]).code(0)).contains(".TH vigie"));
}
