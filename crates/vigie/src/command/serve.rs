//! `vigie serve`: from arguments to a server that runs until it is told to stop.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use vigie_cases::Role;
use vigie_server::{Config, OidcConfig, Ready};
use vigie_store::records::Records;

use crate::args::{NewUsers, Serve};
use crate::failure::{Failure, Outcome, Writing as _};
use crate::out;

/// Name of the records in the data folder.
const RECORDS: &str = "records.sqlite";

/// Runs the command.
pub fn run(args: Serve) -> Outcome {
    if args.print_openapi {
        let mut text = serde_json::to_string_pretty(&vigie_server::openapi()).writing()?;
        text.push('\n');
        out::result(&text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let token_file = args.setup_token_file.clone();
    let records = open(&args.data, args.db.as_deref())?;
    let config = config(args)?;
    if !vigie_server::console_built() {
        out::note("The console is not in this build: run `cargo xtask ui` and build again. The API works.");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().writing()?;
    let ready = |ready: &Ready| tell(ready, token_file.as_deref());
    // The records stay alive until the runtime is gone: a connection of theirs may only end outside of it.
    let served = runtime.block_on(vigie_server::serve(records.clone(), config, ready, stopped()));
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    drop(records);
    served.writing()?;
    out::note("Stopped.");
    Ok(ExitCode::SUCCESS)
}

/// Opens the records.
///
/// # Errors
/// When the folder or the records cannot be had.
pub(super) fn open(data: &Path, db: Option<&str>) -> Result<Records, Failure> {
    match db {
        Some(url) => Records::open(url).writing(),
        None => {
            fs::create_dir_all(data)
                .map_err(|error| Failure::usage(format!("`{}`: {error}", data.display())))?;
            Records::open(&data.join(RECORDS).display().to_string()).writing()
        }
    }
}

fn config(args: Serve) -> Result<Config, Failure> {
    let program = std::env::current_exe().writing()?;
    for dir in &args.inputs {
        if !dir.is_dir() {
            return Err(Failure::usage(format!("--inputs `{}` is not a directory", dir.display())));
        }
    }
    let public_url = args.public_url.map(|url| url.trim_end_matches('/').to_owned());
    let oidc = match (args.oidc_issuer, args.oidc_client_id) {
        (Some(issuer), Some(client_id)) => {
            let Some(url) = &public_url else {
                return Err(Failure::usage(
                    "--oidc-issuer needs --public-url, where the provider sends people back to",
                ));
            };
            Some(OidcConfig {
                name: args.oidc_name,
                issuer,
                client_id,
                client_secret: args.oidc_client_secret,
                redirect_uri: format!("{url}/api/v1/oidc/callback"),
                new_users: args.oidc_new_users.map(role),
            })
        }
        _ => None,
    };
    Ok(Config {
        addr: args.addr,
        data: args.data,
        inputs: args.inputs,
        imports: args.import,
        trusted_proxies: args.trust_proxy,
        public_url,
        tls: args.tls_cert.zip(args.tls_key),
        oidc,
        program,
        hunt_threads: args.hunt_threads,
    })
}

fn role(new_users: NewUsers) -> Role {
    match new_users {
        NewUsers::Viewer => Role::Viewer,
        NewUsers::Analyst => Role::Analyst,
        NewUsers::Approver => Role::Approver,
    }
}

fn tell(ready: &Ready, token_file: Option<&Path>) {
    out::note(&format!("Serving on {}", ready.url));
    if let Some(token) = &ready.setup_token {
        out::note(&format!("Set up: {}/setup?token={token}", ready.url));
        out::note("Until the first admin exists, only this machine is let in.");
        if let Some(file) = token_file
            && let Err(error) = fs::write(file, token)
        {
            out::error(&format!("`{}` cannot be written: {error}", file.display()));
        }
    }
}

/// Done at the first SIGINT or SIGTERM.
async fn stopped() {
    let interrupt = async { drop(tokio::signal::ctrl_c().await) };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
