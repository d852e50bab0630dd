//! `vigie.toml`: a mistake is named with its place and with what was meant.

use crate::support::{Place, stderr, three_days};

#[test]
fn an_unknown_key_stops_the_hunt_with_line_and_guess() {
    let place = Place::new();
    place.file("log.jsonl", three_days());
    place.file("vigie.toml", "[hunt]\nalhpa = 0.01\n");
    let run = place.vigie(&["hunt", "log.jsonl", "--config", "vigie.toml"]).code(2);
    let said = stderr(&run);
    assert!(said.contains("`vigie.toml`, line 2") && said.contains("did you mean `alpha`?"), "{said}");
    assert!(!place.path("vigie-out").exists(), "nothing is written");
}

#[test]
fn settings_reach_the_hunt_and_the_command_line_wins() {
    let place = Place::new();
    place.file("log.jsonl", three_days());
    place.file("vigie.toml", "[hunt]\nalpha = 0.01\nseed = 7\n[read]\nrow_bytes_max = 1000\n");
    place.vigie(&["hunt", "log.jsonl", "--config", "vigie.toml"]).code(0);
    assert_eq!((&place.summary()["alpha"], &place.summary()["seed"]), (&0.01.into(), &7.into()));
    place.vigie(&["hunt", "log.jsonl", "--config", "vigie.toml", "--seed", "8"]).code(0);
    assert_eq!(place.summary()["seed"], 8);
}

#[test]
fn limits_of_reading_are_kept() {
    let place = Place::new();
    place.file("log.jsonl", three_days());
    place.file("vigie.toml", "[read]\nrow_bytes_max = 20\n");
    place.vigie(&["hunt", "log.jsonl", "--config", "vigie.toml"]).code(3);
    assert_eq!(place.read("vigie-out/rejects.jsonl").lines().count(), 3);
}

#[test]
fn a_world_with_an_unknown_knob_is_not_made() {
    let place = Place::new();
    place.file("world.toml", "exchanges = 1000\nacounts = 100\n");
    let run = place.vigie(&["sim", "world", "--config", "world.toml"]).code(2);
    assert!(stderr(&run).contains("line 2") && stderr(&run).contains("did you mean `accounts`?"));
}
