//! Links of the document: where the id of an answer can go next, with its version as `If-Match`.

use serde_json::{Map, Value, json};

/// Schema of a resource, the field with its id, and the path below which the id is known.
const RESOURCES: &[(&str, &str, &str)] = &[
    ("Case", "case_id", "/api/v1/cases/{id}"),
    ("Decision", "decision_id", "/api/v1/decisions/{id}"),
    ("Takedown", "takedown_id", "/api/v1/takedowns/{id}"),
    ("Appeal", "appeal_id", "/api/v1/appeals/{id}"),
    ("Exception", "exception_id", "/api/v1/exceptions/{id}"),
    ("Hunt", "hunt_id", "/api/v1/hunts/{id}"),
    ("User", "user_id", "/api/v1/users/{id}"),
    ("Token", "token_id", "/api/v1/tokens/{id}"),
    ("Webhook", "webhook_id", "/api/v1/webhooks/{id}"),
    ("Delivery", "delivery_id", "/api/v1/deliveries/{id}"),
    ("CaseMember", "account_id", "/api/v1/accounts/{id}"),
];
/// Endings of schemas that hold a resource: on its own, with a secret that is shown once, or first of a page.
const HOLDERS: &[(&str, &str)] = &[("", ""), ("WithSecret", ""), ("Page", "/items/0")];

/// Adds links to every answer that carries an id.
pub fn add(paths: &mut Map<String, Value>) {
    let targets = targets(paths);
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let Some(responses) = operation["responses"].as_object_mut() else { continue };
        for response in responses.values_mut() {
            let schema = response.pointer("/content/application~1json/schema/$ref").and_then(Value::as_str);
            let name = schema.and_then(|schema| schema.rsplit('/').next()).unwrap_or_default();
            let Some((at, field, below)) = held(name) else { continue };
            let links: Map<String, Value> = targets
                .iter()
                .filter(|target| target.path.starts_with(below))
                .map(|target| (target.id.clone(), target.link(at, field)))
                .collect();
            response["links"] = Value::Object(links);
        }
    }
}

/// Where in an answer of this schema a resource lies, which field is its id, and where the id can go.
fn held(schema: &str) -> Option<(&'static str, &'static str, &'static str)> {
    RESOURCES.iter().find_map(|(resource, field, below)| {
        let ending = schema.strip_prefix(resource)?;
        let (_, at) = HOLDERS.iter().find(|(holder, _)| *holder == ending)?;
        Some((*at, *field, *below))
    })
}

/// An operation that takes an id.
struct Target {
    path: String,
    id: String,
    if_match: bool,
}

impl Target {
    fn link(&self, at: &str, field: &str) -> Value {
        let mut parameters = Map::new();
        parameters.insert("id".to_owned(), json!(format!("$response.body#{at}/{field}")));
        if self.if_match {
            let version = format!("\"{{$response.body#{at}/version}}\"");
            parameters.insert("header.If-Match".to_owned(), json!(version));
        }
        json!({ "operationId": self.id, "parameters": parameters })
    }
}

fn targets(paths: &Map<String, Value>) -> Vec<Target> {
    let mut targets = Vec::new();
    for (path, item) in paths.iter().filter(|(path, _)| path.contains("{id}")) {
        for operation in item.as_object().into_iter().flat_map(Map::values) {
            let named = |parameter: &Value| parameter["name"] == "If-Match";
            targets.push(Target {
                path: path.clone(),
                id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
                if_match: operation["parameters"].as_array().is_some_and(|all| all.iter().any(named)),
            });
        }
    }
    targets
}
