//! The whole demonstration answers what was published, to the printed digit.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use model::Decimal;
use serde_json::Value;
use server::clock::Clock;
use server::config::Config;
use server::state::App;
use tower::ServiceExt;

#[tokio::test(flavor = "multi_thread")]
async fn every_published_figure_that_is_checked_comes_out_to_the_printed_digit() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { data: folder.path().to_owned(), ..Config::default() };
    let clock = Clock::demonstration(folder.path(), None).unwrap();
    let store = server::state::open_store(&config, clock).await.unwrap();
    server::cli::load_demonstration(&store).await.unwrap();
    let router = server::http::router(App::new(store, clock, &config).await.unwrap());
    let send = async |request: Request<Body>| {
        let response = router.clone().oneshot(request).await.unwrap();
        let cookie =
            response.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (cookie, serde_json::from_slice::<Value>(&bytes).unwrap_or_default())
    };
    let body = "{\"user\":\"bo.phantich\",\"password\":\"quantrac-demo\"}";
    let request = Request::post("/api/v1/session")
        .header("content-type", "application/json")
        .body(Body::from(body));
    let (cookie, _) = send(request.unwrap()).await;
    let cookie = cookie.unwrap();

    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../demonstration/data/published_figures.csv");
    let mut rows = csv::Reader::from_path(file).unwrap();
    let (mut checked, mut wrong) = (0, vec![]);
    for row in rows.deserialize() {
        let row: std::collections::HashMap<String, String> = row.unwrap();
        if row["check"] != "yes" {
            continue;
        }
        checked += 1;
        let query = format!(
            "/api/v1/values?indicator={}&unit={}&period={}&measure={}&source={}",
            row["indicator"], row["unit"], row["period"], row["measure"], row["source"]
        );
        let request = Request::get(&query).header("cookie", &cookie).body(Body::empty()).unwrap();
        let (_, answer) = send(request).await;
        let value = &answer["values"][0];
        let same = |name: &str, printed: &str| match value[name].as_str().map(Decimal::parse) {
            Some(Ok(number)) => Decimal::parse(printed) == Ok(number),
            _ => printed.is_empty(),
        };
        if !(same("value", &row["value"])
            && same("upper", &row["upper"])
            && (row["of"].is_empty() || same("of", &row["of"])))
        {
            wrong.push(format!(
                "{query}: {} {} {} printed, answered {value}",
                row["value"], row["upper"], row["of"]
            ));
        }
    }
    assert!(checked > 50, "only {checked} rows are checked");
    assert!(wrong.is_empty(), "{} of {checked}:\n{}", wrong.len(), wrong.join("\n"));
}
