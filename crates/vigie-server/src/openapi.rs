//! The OpenAPI 3.1 document, grown from the types of the handlers.
//!
//! JSON Schema 2020-12, which OpenAPI 3.1 speaks, comes from the types by way of schemars. What does not live here: the
//! operations themselves.

mod components;
mod links;

use axum::http::{Method, StatusCode};
use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};
use vigie_cases::Role;

use self::components::incoming;
use crate::endpoint::is_nothing;
use crate::operation::{IfMatch, Operation};
use crate::problem::{PROBLEM_JSON, ProblemView};

/// Where components live.
const COMPONENTS: &str = "/components/schemas";

/// The document while it grows.
pub struct Document {
    /// Schemas of what comes in.
    taken: SchemaGenerator,
    /// Schemas of what goes out: other fields are sure to be there.
    given: SchemaGenerator,
    paths: Map<String, Value>,
    tags: Vec<Value>,
}

impl Document {
    /// Nothing described yet.
    pub fn new() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = COMPONENTS.into();
                settings.meta_schema = None;
            })
        };
        let taken = settings().for_deserialize().into_generator();
        let mut given = settings().for_serialize().into_generator();
        given.subschema_for::<ProblemView<'static>>();
        Self { taken, given, paths: Map::new(), tags: Vec::new() }
    }

    /// Opens a chapter.
    pub fn chapter(&mut self, tag: &str, about: &str) {
        self.tags.push(json!({ "name": tag, "description": about }));
    }

    /// Describes an operation with these types of query, body and answer.
    pub fn operation<Q: JsonSchema + 'static, B: JsonSchema + 'static, R: JsonSchema + 'static>(
        &mut self,
        operation: &Operation,
    ) {
        let mut parameters = fixed_parameters(operation);
        if !is_nothing::<Q>() {
            parameters.extend(self.query_parameters::<Q>());
        }
        let mut page = self.page(operation, parameters);
        if !is_nothing::<B>() {
            let schema = incoming(self.taken.subschema_for::<B>().to_value());
            page.insert(
                "requestBody".to_owned(),
                json!({ "required": true, "content": { "application/json": { "schema": schema } } }),
            );
        }
        let mut success = json!({ "description": operation.success.canonical_reason().unwrap_or("Done") });
        if !is_nothing::<R>() {
            let schema = self.given.subschema_for::<R>().to_value();
            let mut content = json!({ "application/json": { "schema": schema } });
            if operation.list {
                content["text/csv"] = json!({ "schema": { "type": "string" } });
            }
            success["content"] = content;
        }
        self.insert(operation, page, success);
    }

    /// Describes an operation that answers with something else than JSON.
    pub fn raw(&mut self, operation: &Operation, media_type: &str) {
        let page = self.page(operation, fixed_parameters(operation));
        let mut success = json!({ "description": operation.success.canonical_reason().unwrap_or("Done") });
        if !media_type.is_empty() {
            let mut content = Map::new();
            content.insert(media_type.to_owned(), json!({ "schema": { "type": "string" } }));
            success["content"] = Value::Object(content);
        }
        self.insert(operation, page, success);
    }

    fn page(&mut self, operation: &Operation, parameters: Vec<Value>) -> Map<String, Value> {
        let mut page = Map::new();
        page.insert("operationId".to_owned(), json!(operation.id));
        page.insert("tags".to_owned(), json!([operation.tag]));
        page.insert("summary".to_owned(), json!(operation.summary));
        page.insert("parameters".to_owned(), Value::Array(parameters));
        let security = match operation.role {
            Some(_) => json!([{ "cookie": [] }, { "bearer": [] }]),
            None => json!([]),
        };
        page.insert("security".to_owned(), security);
        if let Some(role) = operation.role {
            page.insert("description".to_owned(), json!(needs(role)));
        }
        page
    }

    fn insert(&mut self, operation: &Operation, mut page: Map<String, Value>, success: Value) {
        let mut responses = Map::new();
        responses.insert(operation.success.as_str().to_owned(), success);
        if operation.method == Method::GET && operation.success == StatusCode::OK {
            responses.insert("304".to_owned(), json!({ "description": "Not changed since the ETag sent" }));
        }
        let problem = json!({ "$ref": format!("#{COMPONENTS}/Problem") });
        responses.insert(
            "default".to_owned(),
            json!({ "description": "A problem (RFC 9457)", "content": { PROBLEM_JSON: { "schema": problem } } }),
        );
        page.insert("responses".to_owned(), Value::Object(responses));
        let path = format!("/api/v1{}", operation.path);
        let method = operation.method.as_str().to_ascii_lowercase();
        if let Value::Object(item) = self.paths.entry(path).or_insert_with(|| json!({})) {
            item.insert(method, Value::Object(page));
        }
    }

    /// Every field of a query is a parameter of its own.
    fn query_parameters<Q: JsonSchema>(&mut self) -> Vec<Value> {
        let mut schema = self.taken.root_schema_for::<Q>().to_value();
        let required: Vec<String> = schema["required"]
            .as_array()
            .map(|names| names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
            .unwrap_or_default();
        let properties = schema["properties"].as_object_mut().map(std::mem::take).unwrap_or_default();
        properties
            .into_iter()
            .map(|(name, mut schema)| {
                let about = schema.as_object_mut().and_then(|object| object.remove("description"));
                not_null(&mut schema);
                json!({
                    "name": name,
                    "in": "query",
                    "required": required.contains(&name),
                    "description": about.unwrap_or_default(),
                    "schema": incoming(schema),
                })
            })
            .collect()
    }

    /// The whole document.
    pub fn finish(mut self) -> Value {
        let schemas = components::joined(
            self.given.take_definitions(true),
            self.taken.take_definitions(true),
            &mut self.paths,
        );
        links::add(&mut self.paths);
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Vigie",
                "version": env!("CARGO_PKG_VERSION"),
                "description": "Cases, decisions, takedowns and appeals over what hunts find.",
                "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            },
            "servers": [{ "url": "/" }],
            "tags": self.tags,
            "paths": self.paths,
            "components": {
                "schemas": schemas,
                "securitySchemes": {
                    "cookie": {
                        "type": "apiKey", "in": "cookie", "name": "vigie_session",
                        "description": "Set by signing in; changes need the header X-Vigie-Csrf too.",
                    },
                    "bearer": { "type": "http", "scheme": "bearer", "description": "An API token." },
                },
            },
        })
    }
}

/// What an operation asks of its caller, in words.
pub fn needs(role: Role) -> String {
    let (role, scope) = match role {
        Role::Viewer => ("viewer", "read"),
        Role::Analyst => ("analyst", "write"),
        Role::Approver => ("approver", "approve"),
        Role::Admin => ("admin", "admin"),
    };
    format!("Needs the role `{role}`, or a token with the scope `{scope}`.")
}

/// A query cannot say `null`; it leaves the parameter out.
fn not_null(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(kinds)) = object.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [one] = kinds.as_slice() {
            let one = one.clone();
            object.insert("type".to_owned(), one);
        }
    }
    object.remove("default");
    if let Some(Value::Array(options)) = object.get_mut("anyOf") {
        options.retain(|option| option["type"] != "null");
        if let [one] = options.as_slice() {
            *schema = one.clone();
        }
    }
}

fn fixed_parameters(operation: &Operation) -> Vec<Value> {
    let mut parameters: Vec<Value> = operation
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            json!({
                "name": name, "in": "path", "required": true,
                "schema": { "type": "string", "minLength": 1 },
            })
        })
        .collect();
    if operation.method != Method::GET && operation.role.is_some() {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "The same key gives the same answer and changes nothing twice",
            "schema": { "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$" },
        }));
    }
    if operation.if_match != IfMatch::Unused {
        parameters.push(json!({
            "name": "If-Match", "in": "header", "required": operation.if_match == IfMatch::Required,
            "description": "The ETag that was read",
            "schema": { "type": "string", "pattern": "^\"[0-9]{1,15}\"$" },
        }));
    }
    parameters
}
