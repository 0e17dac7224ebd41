//! The interface for programs, of which the application is one: every endpoint, the permission it
//! needs, and its description.
//!
//! An endpoint exists only by being added here with what it needs, so none can be forgotten: the
//! list is printed into `permissions.txt` and compared by a test.

mod accounts;
mod arrow;
mod audit;
pub mod beacon;
mod blind;
mod burden;
pub mod calendar;
mod catalogue;
pub mod codes;
mod connectors;
mod definitions;
mod delegations;
mod description;
pub mod figures;
pub mod import;
mod measured;
mod plans;
pub(crate) mod portals;
mod query;
pub(crate) mod reconciliation;
mod registers;
pub mod reports;
pub mod rows;
mod session;
pub mod shapes;
mod status;
pub mod submissions;
mod template_drafts;
pub mod values;
pub mod work;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::PathItem;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use workflow::Permission;

use description::Does;

use crate::auth::Caller;
use crate::http::BodyLimit;
use crate::state::App;

/// What an endpoint asks of its caller.
#[derive(Clone, Debug)]
pub enum Needs {
    /// Nothing: signing in, setting a password by a link.
    Nobody,
    /// A permission that does not depend on what is asked for; checked before the handler.
    Permission(Permission),
    /// To be signed in; the handler checks these permissions, which depend on what is asked for.
    ByContent(&'static [&'static str]),
}

impl Needs {
    /// As the committed list says it.
    fn name(&self) -> String {
        match self {
            Needs::Nobody => "nobody".to_owned(),
            Needs::Permission(permission) => permission.name().to_owned(),
            Needs::ByContent(names) => format!("{} (by content)", names.join(" ")),
        }
    }
}

/// One line of the committed list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    /// With `{}` for what varies.
    pub path: String,
    /// The HTTP method.
    pub method: &'static str,
    /// The permission.
    pub needs: String,
}

/// The endpoints added so far.
pub struct Endpoints {
    router: OpenApiRouter<App>,
    list: Vec<Endpoint>,
}

impl Endpoints {
    /// Adds handlers that need the same.
    #[must_use]
    pub fn add(self, needs: Needs, routes: UtoipaMethodRouter<App>) -> Endpoints {
        self.add_as(needs, None, routes)
    }

    /// Adds a handler that changes nothing though it is asked by POST, because the question is too long for an address.
    #[must_use]
    pub fn add_question(self, needs: Needs, routes: UtoipaMethodRouter<App>) -> Endpoints {
        self.add_as(needs, Some(Does::Read), routes)
    }

    fn add_as(
        self,
        needs: Needs,
        does: Option<Does>,
        routes: UtoipaMethodRouter<App>,
    ) -> Endpoints {
        let (schemas, mut paths, handlers) = routes;
        description::complete(&mut paths, &schemas, &needs, does);
        let mut list = self.list;
        for (path, item) in &paths.paths {
            list.extend(methods(item).into_iter().map(|method| Endpoint {
                path: path.clone(),
                method,
                needs: needs.name(),
            }));
        }
        let guarded = handlers.layer(from_fn(move |request: Request, next: Next| {
            guard(needs.clone(), request, next)
        }));
        Endpoints { router: self.router.routes((schemas, paths, guarded)), list }
    }

    /// Adds handlers whose body may be larger than usual.
    #[must_use]
    pub fn add_large(
        self,
        needs: Needs,
        most: usize,
        (schemas, paths, handlers): UtoipaMethodRouter<App>,
    ) -> Endpoints {
        let handlers = handlers.layer(axum::Extension(BodyLimit(most)));
        self.add(needs, (schemas, paths, handlers))
    }

    /// The list of endpoints and permissions, in order.
    pub fn list(mut self) -> Vec<Endpoint> {
        self.list.sort();
        self.list
    }

    /// The routes, under their prefix, and the OpenAPI description as JSON.
    pub fn split(self) -> (Router<App>, String) {
        let (router, mut description) = self.router.split_for_parts();
        description::finish(&mut description);
        let json = description.to_pretty_json().expect("a description is plain data");
        (router, json)
    }
}

fn methods(item: &PathItem) -> Vec<&'static str> {
    [
        ("GET", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
    ]
    .into_iter()
    .filter_map(|(method, exists)| exists.then_some(method))
    .collect()
}

async fn guard(needs: Needs, request: Request, next: Next) -> Response {
    let allowed = match (&needs, request.extensions().get::<Caller>()) {
        (Needs::Nobody, _) => Ok(()),
        (Needs::Permission(permission), Some(caller)) => caller.may(permission),
        (Needs::ByContent(_), Some(caller)) => caller.may(&Permission::SignIn),
        (_, None) => Err(crate::words::Message::SignedOut.into()),
    };
    match allowed {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Every endpoint.
pub fn endpoints() -> Endpoints {
    let mut endpoints = Endpoints { router: OpenApiRouter::new(), list: vec![] };
    for add in [
        session::add,
        catalogue::add,
        values::add,
        query::add,
        figures::add,
        import::add,
        definitions::add,
        template_drafts::add,
        accounts::add,
        audit::add,
        status::add,
        submissions::add,
        work::add,
        burden::add,
        calendar::add,
        delegations::add,
        reports::add,
        plans::add,
        reconciliation::add,
        beacon::add,
        registers::add,
        portals::add,
        measured::add,
        connectors::add,
    ] {
        endpoints = add(endpoints);
    }
    endpoints
}
