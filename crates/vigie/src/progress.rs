//! How far a run is, on standard error: a bar where a person watches, a line per stage where a log does, JSON where a
//! server does, nothing when asked to be quiet.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::out;

/// Shows the progress of a run. Also serves as [`vigie_hunt::Progress`].
pub struct Show {
    how: How,
}

/// Set to `json` by a program that watches the run.
const WATCHED_BY: &str = "VIGIE_PROGRESS";
/// Time between two lines of JSON about the same stage.
const JSON_PAUSE: Duration = Duration::from_millis(250);

enum How {
    Quiet,
    Json(Mutex<Told>),
    Lines(Mutex<Option<(String, Instant)>>),
    Bar(ProgressBar),
}

/// What a watching program knows.
struct Told {
    stage: String,
    done: u64,
    total: u64,
    at: Instant,
}

impl Told {
    fn tell(&mut self) {
        self.at = Instant::now();
        let (done, total) = (self.done, self.total);
        let line = serde_json::json!({ "stage": self.stage, "done": done, "total": total });
        out::note(&line.to_string());
    }
}

impl Show {
    /// Chooses by `quiet` and by whether standard error is a terminal.
    pub fn new(quiet: bool) -> Self {
        let json = std::env::var(WATCHED_BY).is_ok_and(|by| by == "json");
        let how = match (quiet, out::watched()) {
            _ if json => {
                How::Json(Mutex::new(Told { stage: String::new(), done: 0, total: 0, at: Instant::now() }))
            }
            (true, _) => How::Quiet,
            (false, true) => How::Bar(ProgressBar::new_spinner()),
            (false, false) => How::Lines(Mutex::new(None)),
        };
        if let How::Bar(bar) = &how {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self { how }
    }

    /// A stage whose progress is counted in bytes, as [`Show::bytes_done`] tells it.
    pub fn reading(&self, name: &str, bytes: u64) {
        self.begin(name, (bytes > 0).then_some(bytes), true);
    }

    /// So many bytes of the current stage are done, in all.
    pub fn bytes_done(&self, bytes: u64) {
        match &self.how {
            How::Bar(bar) => bar.set_position(bytes),
            How::Json(told) => count(told, |_| bytes),
            How::Quiet | How::Lines(_) => {}
        }
    }

    /// Says a line about the run between two redraws of the bar; a quiet run says nothing.
    pub fn say(&self, line: &str) {
        match &self.how {
            How::Quiet => {}
            How::Lines(current) => {
                end_line(current);
                out::note(line);
            }
            How::Bar(bar) => bar.suspend(|| out::note(line)),
            How::Json(_) => out::note(line),
        }
    }

    /// Says what went wrong, however quiet the run is.
    pub fn error(&self, message: &str) {
        match &self.how {
            How::Bar(bar) => bar.suspend(|| out::error(message)),
            _ => out::error(message),
        }
    }

    /// Clears the bar, or ends the last line.
    pub fn finish(&self) {
        match &self.how {
            How::Bar(bar) => bar.finish_and_clear(),
            How::Lines(current) => end_line(current),
            How::Quiet | How::Json(_) => {}
        }
    }

    fn begin(&self, name: &str, total: Option<u64>, bytes: bool) {
        match &self.how {
            How::Quiet => {}
            How::Json(told) => {
                if let Ok(mut told) = told.lock() {
                    let total = total.unwrap_or(0);
                    *told = Told { stage: name.to_owned(), done: 0, total, at: Instant::now() };
                    told.tell();
                }
            }
            How::Lines(current) => {
                end_line(current);
                if let Ok(mut current) = current.lock() {
                    *current = Some((name.to_owned(), Instant::now()));
                }
            }
            How::Bar(bar) => {
                bar.set_position(0);
                bar.set_style(style(total.is_some(), bytes));
                bar.set_message(name.to_owned());
                if let Some(total) = total {
                    bar.set_length(total);
                }
            }
        }
    }
}

impl vigie_hunt::Progress for Show {
    fn stage(&self, name: &str, total: Option<u64>) {
        self.begin(name, total, false);
    }

    fn advance(&self, done: u64) {
        match &self.how {
            How::Bar(bar) => bar.inc(done),
            How::Json(told) => count(told, |so_far| so_far + done),
            How::Quiet | How::Lines(_) => {}
        }
    }
}

fn count(told: &Mutex<Told>, done: impl FnOnce(u64) -> u64) {
    if let Ok(mut told) = told.lock() {
        told.done = done(told.done);
        if told.at.elapsed() >= JSON_PAUSE {
            told.tell();
        }
    }
}

fn style(bounded: bool, bytes: bool) -> ProgressStyle {
    let template = match (bounded, bytes) {
        (true, true) => "{spinner} {msg:<12} {bar:32} {bytes} of {total_bytes}, {eta} left",
        (true, false) => "{spinner} {msg:<12} {bar:32} {human_pos} of {human_len}",
        (false, _) => "{spinner} {msg:<12} {elapsed}",
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn end_line(current: &Mutex<Option<(String, Instant)>>) {
    if let Some((name, began)) = current.lock().ok().and_then(|mut current| current.take()) {
        out::note(&format!("{name}: {:.1} s", began.elapsed().as_secs_f64()));
    }
}
