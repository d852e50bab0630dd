//! The API's document and its page in the manual, both from `vigie serve --print-openapi`.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::MADE;
use crate::shell::{printed, program};

/// What holds for every operation.
const COMMON: &str = "\
The whole of it, with every field, is the OpenAPI 3.1 document that a server answers at `/openapi.json` (and that
`vigie serve --print-openapi` prints). Clients are made from it.

- **Sign-in**: the cookie of `POST /session`, with the header `X-Vigie-Csrf` in changes, or `Authorization: Bearer` and an
  API token.
- **Errors** are `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail`, `instance`, and `errors` with a
  `field` and a `message` each.
- **Lists** take `limit` (1 to 500), `cursor`, `sort` and `q`, and answer `items`, `next_cursor` and, on the first page,
  `total`; `?format=csv` or `Accept: text/csv` gives a table.
- **Versions**: a resource has an `ETag`; what needs `If-Match` answers 428 without it and 412 when it is old.
- **`Idempotency-Key`**: the same key gives the same answer and changes nothing twice. It is not looked at where an answer
  shows a secret once.
- **Limits**: 1 MiB per request; sign-in and appeals are slowed down by 429 with `Retry-After`.
";

/// The document, as the program prints it.
///
/// # Errors
/// When the program cannot be run.
pub fn document(vigie: &str) -> Result<String> {
    printed(&mut program(vigie, &["serve", "--print-openapi"]))
}

/// The page: every operation in a line, by chapter.
///
/// # Errors
/// When the program cannot be run or prints something else.
pub fn page(vigie: &str) -> Result<String> {
    let document: Value =
        serde_json::from_str(&document(vigie)?).context("--print-openapi prints no JSON")?;
    Ok(written(&document))
}

fn written(document: &Value) -> String {
    let mut page = format!("# API\n\n{MADE}\n{COMMON}");
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = text(&tag["name"]);
        let _ = write!(
            page,
            "\n## {name}\n\n{}\n\n| operation | who | what |\n|---|---|---|\n",
            text(&tag["description"])
        );
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                if operation["tags"][0] == tag["name"] {
                    let who = operation["description"]
                        .as_str()
                        .and_then(|d| d.split('`').nth(1))
                        .unwrap_or("everybody");
                    let method = method.to_uppercase();
                    let what = text(&operation["summary"]);
                    let _ = writeln!(page, "| `{method} {path}` | {who} | {what} |");
                }
            }
        }
    }
    page
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::written;

    #[test]
    fn an_operation_is_a_line_of_its_chapter() {
        let document = json!({
            "tags": [{ "name": "Cases", "description": "Work." }],
            "paths": { "/api/v1/cases": { "get": {
                "tags": ["Cases"], "summary": "The queue", "description": "Needs the role `viewer`, or a token.",
            } } },
        });
        let page = written(&document);
        assert!(page.contains("## Cases\n\nWork.\n"), "{page}");
        assert!(page.ends_with("| `GET /api/v1/cases` | viewer | The queue |\n"), "{page}");
    }
}
