//! Sign-in by OpenID Connect, with a real provider of this machine (npm's oidc-provider) and a real server.

use anyhow::Result;

use crate::browser::{installed, up_to_date};
use crate::out;
use crate::shell::{cargo, heard, must, program, root, target};
use crate::suite::{Count, Place, counted};

/// Signs in, or says what is missing.
///
/// # Errors
/// When the server cannot be built or Node.js cannot be started.
pub fn test(place: Place) -> Result<Count> {
    let (Some(_), Some(_)) = (installed("node", "nodejs", place), installed("npm", "npm", place)) else {
        out::say(
            "Skipped: the provider needs Node.js and npm. On Debian or Ubuntu: apt-get install nodejs npm",
        );
        return Ok(Count::SKIPPED);
    };
    let tests = root().join("tests").join("sign-in");
    if !up_to_date(&tests) {
        let install = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
        if !heard(program("npm", &install).current_dir(&tests))?.0 {
            out::say("Skipped: `npm ci` could not install oidc-provider; is the network there?");
            return Ok(Count::SKIPPED);
        }
    }
    must(&mut cargo(&["build", "--locked", "--quiet", "--package", "vigie"]))?;
    counted(
        program("node", &["--test", "--test-reporter=tap", "sign-in.test.mjs"])
            .current_dir(&tests)
            .env("VIGIE", target().join("debug").join("vigie")),
    )
}
