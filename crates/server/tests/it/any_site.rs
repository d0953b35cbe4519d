//! What the widget needs of the server on sites that isolate themselves, or whose scripts change every request.

use reqwest::Response;

use crate::harness::Server;

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("ASCII"))
}

#[tokio::test]
async fn the_configuration_may_be_asked_with_any_header_and_with_credentials() {
    let server = Server::start().await;
    let path = format!("/livechat/1/widgets/{}/config", server.widget);
    let origin = "https://shop.example";
    for names in ["traceparent", "baggage,x-request-id", "authorization, sentry-trace"] {
        let asked = server
            .http
            .request(reqwest::Method::OPTIONS, format!("{}{path}", server.base))
            .header("origin", origin)
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", names);
        let answer = asked.send().await.expect("an answer");
        assert_eq!(answer.status(), 204);
        assert_eq!(header(&answer, "access-control-allow-headers"), names);
        assert_eq!(header(&answer, "access-control-allow-methods"), "GET");
        assert_eq!(header(&answer, "access-control-allow-origin"), origin);
        assert_eq!(header(&answer, "access-control-allow-credentials"), "true");
    }
    let unknown = "/livechat/1/widgets/00000000-0000-7000-8000-000000000000/config";
    for (path, status) in [(path.as_str(), 200), (unknown, 404)] {
        let answer = server.get(path).header("origin", origin).send().await.expect("an answer");
        assert_eq!(answer.status(), status);
        assert_eq!(
            header(&answer, "access-control-allow-origin"),
            origin,
            "{path}: a star is refused with credentials"
        );
        assert_eq!(header(&answer, "access-control-allow-credentials"), "true");
        assert!(header(&answer, "vary").contains("origin"), "{path}: a cache keeps it for this origin alone");
    }
}

#[tokio::test]
async fn a_site_that_isolates_itself_may_embed_all_of_the_widget() {
    let server = Server::start().await;
    let page = server.get(&format!("/widget/{}/", server.widget)).send().await.expect("an answer");
    assert_eq!(header(&page, "cross-origin-embedder-policy"), "require-corp");
    assert_eq!(header(&page, "cross-origin-resource-policy"), "cross-origin");
    let again = server
        .get(&format!("/widget/{}/", server.widget))
        .header("if-none-match", header(&page, "etag"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(again.status(), 304);
    assert_eq!(
        header(&again, "cross-origin-embedder-policy"),
        "require-corp",
        "also for the copy that a browser has"
    );
}
