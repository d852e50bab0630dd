//! What an operation of the API is, apart from its types: address, name, who may, what it answers.

use axum::http::{Method, StatusCode};
use vigie_cases::Role;

/// Whether an operation looks at `If-Match`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// No.
    Unused,
    /// When it is there.
    Optional,
    /// It must be there.
    Required,
}

/// What an operation is, apart from its types.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The method.
    pub method: Method,
    /// The path below `/api/v1`, with `{names}`.
    pub path: &'static str,
    /// Name in clients: `listCases`.
    pub id: &'static str,
    /// Chapter.
    pub tag: &'static str,
    /// One line.
    pub summary: &'static str,
    /// The role whose work it is; `None` for all the world.
    pub role: Option<Role>,
    /// Whether a change needs `If-Match`.
    pub if_match: IfMatch,
    /// Whether the answer is a list that can also be had as CSV.
    pub list: bool,
    /// Status of success.
    pub success: StatusCode,
}

/// Starts an operation.
pub fn operation(method: Method, path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    let role = if method == Method::GET { Role::Viewer } else { Role::Analyst };
    Operation {
        method,
        path,
        id,
        tag: "",
        summary,
        role: Some(role),
        if_match: IfMatch::Unused,
        list: false,
        success: StatusCode::OK,
    }
}

/// `GET`, which any viewer may.
pub fn get(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    operation(Method::GET, path, id, summary)
}

/// `POST`, which any analyst may.
pub fn post(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    operation(Method::POST, path, id, summary)
}

/// `PATCH`, which any analyst may.
pub fn patch(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    operation(Method::PATCH, path, id, summary)
}

/// `PUT`, which any analyst may.
pub fn put(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    operation(Method::PUT, path, id, summary)
}

/// `DELETE`, which any analyst may.
pub fn delete(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    operation(Method::DELETE, path, id, summary)
}

impl Operation {
    /// Needs this role.
    #[must_use]
    pub fn needs(mut self, role: Role) -> Self {
        self.role = Some(role);
        self
    }

    /// Open to all the world.
    #[must_use]
    pub fn open(mut self) -> Self {
        self.role = None;
        self
    }

    /// Needs `If-Match`.
    #[must_use]
    pub fn if_match(mut self) -> Self {
        self.if_match = IfMatch::Required;
        self
    }

    /// Looks at `If-Match` when it is there.
    #[must_use]
    pub fn may_match(mut self) -> Self {
        self.if_match = IfMatch::Optional;
        self
    }

    /// Answers a list.
    #[must_use]
    pub fn list(mut self) -> Self {
        self.list = true;
        self
    }

    /// Succeeds with this status.
    #[must_use]
    pub fn gives(mut self, status: StatusCode) -> Self {
        self.success = status;
        self
    }
}
