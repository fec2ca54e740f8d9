import AuspexEngine
import AuspexSignals
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import AuspexServer

@Suite(.timeLimit(.minutes(1))) struct StatusAndGuardTests {
    private let local: HTTPFields = [:]

    @Test("health, readiness, version and metrics answer")
    func status() async throws {
        try await withServer { client, _ in
            for (path, text) in [("/healthz", "ok"), ("/readyz", "ready"), ("/version", "test")] {
                let response = try await client.executeRequest(uri: path, method: .get, headers: local, body: nil)
                #expect(response.status == .ok && response.text.contains(text), "\(path)")
            }
            let metrics = try await client.executeRequest(uri: "/metrics", method: .get, headers: local, body: nil)
            #expect(metrics.text.contains("auspex_build_info{version=\"test\"} 1\n"))
            #expect(metrics.text.contains("# TYPE auspex_samples_received_total counter\n"))
        }
    }

    @Test("a request to a name that is not this server's is refused, and the name is told apart from the port")
    func foreignNames() async throws {
        for (authority, name) in [
            ("evil.example:7070", "evil.example"), ("[::1]:7070", "[::1]"), ("LocalHost", "localhost"),
            ("[2001:DB8::1]:7070", "[2001:db8::1]"),
        ] {
            #expect(HostGuard<BasicRequestContext>.name(inAuthority: authority) == name)
        }
        let guarded = HostGuard<BasicRequestContext>(allowedHosts: HostGuard<BasicRequestContext>.loopbackNames)
        let request = Request(
            head: HTTPRequest(method: .get, scheme: "http", authority: "evil.example:7070", path: "/version"),
            body: .init(buffer: ByteBuffer()))
        let context = BasicRequestContext(
            source: ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: Logger(label: "test")))
        await #expect(throws: Problem.self) {
            _ = try await guarded.handle(request, context: context) { _, _ in Response(status: .ok) }
        }
    }

    @Test("a page of another origin is refused")
    func foreignPages() async throws {
        try await withServer { client, _ in
            let posted = try await client.executeRequest(
                uri: "/api/v1/pause", method: .post,
                headers: [.origin: "https://evil.example", .contentType: "application/json"],
                body: ByteBuffer(string: "{}"))
            #expect(posted.status == .forbidden)
            #expect(posted.headers[.contentType] == "application/problem+json")
            // A GET that stores a verdict is no different, and an image has no origin.
            let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
            for (headers, status) in [
                ([.origin: "https://evil.example"], .forbidden), ([site: "cross-site"], .forbidden),
                ([site: "same-site"], .forbidden), ([site: "same-origin"], .ok), ([:], .ok),
            ] as [(HTTPFields, HTTPResponse.Status)] {
                let asked = try await client.executeRequest(
                    uri: "/api/v1/gate?service=shop", method: .get, headers: headers, body: nil)
                #expect(asked.status == status)
            }
        }
    }

    @Test("with a token, everything but health checks and signed webhooks needs it")
    func token() async throws {
        try await withServer({ $0.api.token = Secret("s3cret") }) { client, _ in
            @Sendable func status(_ path: String, _ authorization: String?) async throws -> Int {
                var headers = local
                headers[.authorization] = authorization
                return try await client.executeRequest(uri: path, method: .get, headers: headers, body: nil).status.code
            }
            let open = try await status("/healthz", nil)
            let none = try await status("/api/v1/alerts", nil)
            let wrong = try await status("/api/v1/alerts", "Bearer s3cre")
            let right = try await status("/api/v1/alerts", "Bearer s3cret")
            #expect([open, none, wrong, right] == [200, 401, 401, 200])
        }
    }

    @Test("an unknown path is a problem document that names it")
    func unknownPath() async throws {
        try await withServer { client, _ in
            let response = try await client.executeRequest(
                uri: "/api/v1/nothing", method: .get, headers: local, body: nil)
            #expect(response.status == .notFound)
            #expect(response.json["detail"]?.string?.contains("/api/v1/nothing") == true)
        }
    }

    @Test(
        "the server answers to the name it listens under, however it is written, and health to every name",
        arguments: [
            ("2001:db8::1", "[2001:DB8::1]:7070", "/version", true), ("MyHost", "myhost:7070", "/version", true),
            ("127.0.0.1", "10.0.0.7:7070", "/version", false), ("127.0.0.1", "10.0.0.7:7070", "/healthz", true),
            ("127.0.0.1", "10.0.0.7:7070", "/readyz", true),
        ])
    func names(listening: String, asked: String, path: String, isAnswered: Bool) async throws {
        let guarded = HostGuard<BasicRequestContext>(allowedHosts: [listening])
        let request = Request(
            head: HTTPRequest(method: .get, scheme: "http", authority: asked, path: path),
            body: .init(buffer: ByteBuffer()))
        let context = BasicRequestContext(
            source: ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: Logger(label: "test")))
        let answer = try? await guarded.handle(request, context: context) { _, _ in Response(status: .ok) }
        #expect((answer != nil) == isAnswered)
    }

    @Test("JSON may be announced with parameters and blanks")
    func mediaType() async throws {
        try await withServer { client, _ in
            for type in ["application/json ; charset=utf-8", "Application/JSON;charset=utf-8"] {
                let response = try await client.executeRequest(
                    uri: "/api/v1/unpause", method: .post, headers: [.contentType: type],
                    body: ByteBuffer(string: #"{"by":"ada"}"#))
                #expect(response.status == .noContent, "\(type)")
            }
        }
    }
}
