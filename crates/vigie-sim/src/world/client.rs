//! With what software: user agents and TLS fingerprints of browsers, phones, SDKs and agents, with versions by
//! popularity.

use std::sync::Arc;

use super::dice::{Dice, mix, name_seed};

/// What kind of software talks to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Software {
    /// A web browser.
    Browser,
    /// A phone app.
    Phone,
    /// A client library in a program.
    Library,
    /// A coding agent or another harness.
    Agent,
}

/// One client as the operator sees it.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) user_agent: Arc<str>,
    pub(crate) ja4: Arc<str>,
}

/// A family of clients: name with `{v}` for the version, popularity, major versions, TLS stack.
struct Family(&'static str, f64, u32, &'static str);

const BROWSERS: [Family; 9] = [
    Family(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36",
        40.0,
        140,
        "chrome",
    ),
    Family(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36",
        18.0,
        140,
        "chrome",
    ),
    Family(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36",
        7.0,
        140,
        "chrome",
    ),
    Family(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0",
        8.0,
        141,
        "firefox",
    ),
    Family(
        "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0",
        4.0,
        141,
        "firefox",
    ),
    Family(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{v}.1 Safari/605.1.15",
        14.0,
        18,
        "safari",
    ),
    Family(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36 Edg/{v}.0.0.0",
        14.0,
        140,
        "chrome",
    ),
    Family(
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Mobile Safari/537.36",
        16.0,
        140,
        "chrome",
    ),
    Family(
        "Mozilla/5.0 (iPhone; CPU iPhone OS {v}_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari/604.1",
        17.0,
        18,
        "safari",
    ),
];
const PHONES: [Family; 3] = [
    Family("ChatApp/1.2026.{v} (iOS 18.5)", 10.0, 210, "cfnetwork"),
    Family("ChatApp/1.2026.{v} (Android 15; okhttp/4.12.0)", 11.0, 210, "okhttp"),
    Family("ChatApp/1.2026.{v} (Android 13; okhttp/4.12.0)", 4.0, 210, "okhttp"),
];
const LIBRARIES: [Family; 13] = [
    Family("llm-sdk-python/1.{v}.0 (httpx)", 34.0, 78, "httpx"),
    Family("llm-sdk-node/4.{v}.1 (node 22)", 20.0, 70, "node"),
    Family("python-requests/2.32.{v}", 12.0, 5, "requests"),
    Family("axios/1.{v}.7", 7.0, 8, "node"),
    Family("langchain-python/0.{v}", 6.0, 3, "httpx"),
    Family("litellm/1.{v}.0", 5.0, 61, "httpx"),
    Family("Go-http-client/{v}.0", 5.0, 2, "go"),
    Family("okhttp/4.{v}.0", 3.0, 12, "okhttp"),
    Family("curl/8.{v}.0", 3.0, 9, "curl"),
    Family("aiohttp/3.{v}", 4.0, 11, "aiohttp"),
    Family("llm-sdk-java/2.{v}.0", 3.0, 14, "java"),
    Family("reqwest/0.{v}", 1.0, 12, "rustls"),
    Family("PostmanRuntime/7.{v}.0", 1.0, 43, "node"),
];
const AGENTS: [Family; 6] = [
    Family("codepal-cli/0.{v}.2 (external, cli)", 16.0, 41, "node"),
    Family("patchwork-agent/1.{v}", 9.0, 12, "httpx"),
    Family("editor-assist/2.{v}.0 (vscode)", 10.0, 30, "electron"),
    Family("shellmate/0.{v}", 4.0, 9, "rustls"),
    Family("openloop/0.{v}.4", 3.0, 22, "httpx"),
    Family("taskrunner-agent/3.{v}", 2.0, 8, "go"),
];

impl Client {
    /// Draws a client by popularity; versions trail off behind the newest.
    pub(crate) fn draw(software: Software, dice: &mut Dice) -> Self {
        let families: &[Family] = match software {
            Software::Browser => &BROWSERS,
            Software::Phone => &PHONES,
            Software::Library => &LIBRARIES,
            Software::Agent => &AGENTS,
        };
        let weights: Vec<f64> = families.iter().map(|f| f.1).collect();
        let family = &families[dice.weighted(&weights)];
        let back = dice.zipf(family.2.min(24) as usize, 1.4) as u32;
        let version = family.2 - back;
        let build = stack_build(family.3, version, dice);
        Self {
            user_agent: family.0.replace("{v}", &version.to_string()).into(),
            ja4: ja4(family.3, build).into(),
        }
    }

    /// The same software on another machine: the TLS fingerprint may differ a little.
    pub(crate) fn sibling(&self, chat: bool, dice: &mut Dice) -> Self {
        let software = if chat { Software::Browser } else { Software::Library };
        if dice.chance(0.85) { self.clone() } else { Self::draw(software, dice) }
    }
}

/// Builds of a TLS stack: a handful each, so that unrelated people share them.
fn stack_build(stack: &str, version: u32, dice: &mut Dice) -> u64 {
    match stack {
        "chrome" => u64::from(version / 7),
        "firefox" => u64::from(version / 12),
        "safari" | "cfnetwork" => u64::from(version / 2),
        _ => dice.zipf(7, 1.1) as u64,
    }
}

/// A fingerprint in JA4's form (FoxIO, 2023): protocol, counts, two hashes.
fn ja4(stack: &str, build: u64) -> String {
    let seed = mix(name_seed(stack), build);
    let (ciphers, extensions) = (9 + seed % 40, 7 + (seed >> 8) % 11);
    let alpn = if matches!(stack, "requests" | "curl") { "h1" } else { "h2" };
    let (b, c) = (mix(name_seed(stack), 1 + build / 3) >> 16, seed >> 16);
    format!(
        "t13d{ciphers:02}{extensions:02}{alpn}_{b:012x}_{c:012x}",
        b = b & 0xFFFF_FFFF_FFFF,
        c = c & 0xFFFF_FFFF_FFFF
    )
}
