import AuspexEngine
import AuspexSignals
import AuspexTesting
import AuspexWire
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct LogIngestTests {
    private let json: HTTPFields = [.contentType: "application/json"]

    private func otlp(_ records: String) -> ByteBuffer {
        ByteBuffer(
            string: """
                {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
                "scopeLogs":[{"logRecords":[\(records)]}]}]}
                """)
    }

    private static let good =
        #"{"timeUnixNano":"1700000000000000000","body":{"stringValue":"paid"},"severityNumber":9}"#

    @Test(
        "records by OpenTelemetry's protocol are answered 200 and worked in", arguments: ["/v1/logs", "/otlp/v1/logs"])
    func openTelemetry(path: String) async throws {
        try await withServer { client, engine in
            let response = try await client.executeRequest(
                uri: path, method: .post, headers: json, body: otlp("\(Self.good),\(Self.good)"))
            #expect(response.status == .ok && response.text == "{}")
            #expect(response.headers[.contentType] == "application/json")
            while engine.metrics.value(of: .messages) == 0 { await Task.yield() }
            #expect(engine.metrics.value(of: .logs) == 2)
        }
    }

    @Test("protobuf is answered with protobuf")
    func protobuf() async throws {
        // A request with one record: { resource_logs { scope_logs { log_records { severity_text: "x" } } } }
        let record: [UInt8] = [0x1a, 0x01, 0x78]
        let scope: [UInt8] = [0x12, UInt8(record.count)] + record
        let resource: [UInt8] = [0x12, UInt8(scope.count)] + scope
        let body = ByteBuffer(bytes: [0x0a, UInt8(resource.count)] + resource)
        try await withServer { client, engine in
            let response = try await client.executeRequest(
                uri: "/v1/logs", method: .post, headers: [.contentType: "application/x-protobuf"], body: body)
            #expect(response.status == .ok && response.body.readableBytes == 0)
            #expect(response.headers[.contentType] == "application/x-protobuf")
            #expect(engine.metrics.value(of: .logs) == 1)
            let cut = try await client.executeRequest(
                uri: "/v1/logs", method: .post, headers: [.contentType: "application/x-protobuf"],
                body: ByteBuffer(bytes: [0x0a, 0x09]))
            #expect(cut.status == .badRequest)
            #expect(cut.json["detail"]?.string?.contains("ends in the middle") == true)
        }
    }

    @Test("what is broken or of the future is refused, what is good is kept, and the sender is told")
    func partial() async throws {
        let future = SystemWallClock().now() + .hours(1)
        let ahead = #"{"timeUnixNano":"\#(future.milliseconds)000000"}"#
        let body = otlp("\(Self.good),{\"traceId\":\"x\"},\(ahead)")
        try await withServer { client, engine in
            let response = try await client.executeRequest(uri: "/v1/logs", method: .post, headers: json, body: body)
            #expect(response.status == .ok)
            let partial = response.json["partialSuccess"]
            #expect(partial?["rejectedLogRecords"]?.string == "2")
            #expect(partial?["errorMessage"]?.string?.contains("logRecords[1]") == true)
            #expect(partial?["errorMessage"]?.string?.contains("set the sender's clock") == true)
            #expect(engine.metrics.value(of: .logs) == 1 && engine.metrics.value(of: .logsRejected) == 2)
        }
    }

    @Test("Loki's senders are answered 204; 400 tells what was left out, and the others are kept")
    func loki() async throws {
        @Sendable func push(_ values: String) -> ByteBuffer {
            ByteBuffer(string: #"{"streams":[{"stream":{"app":"shop"},"values":[\#(values)]}]}"#)
        }
        try await withServer { client, engine in
            let good = try await client.executeRequest(
                uri: "/loki/api/v1/push", method: .post, headers: json,
                body: push(#"["1570818238000000000","a"],["1570818239000000000","b",{"level":"error"}]"#))
            #expect(good.status == .noContent && engine.metrics.value(of: .logs) == 2)
            let mixed = try await client.executeRequest(
                uri: "/loki/api/v1/push", method: .post, headers: json,
                body: push(#"["1570818238000000000","c"],[1570818239000000000,"d"]"#))
            #expect(mixed.status == .badRequest && engine.metrics.value(of: .logs) == 3)
            #expect(mixed.json["detail"]?.string?.contains("streams[0].values[1]") == true)
            let none = try await client.executeRequest(
                uri: "/loki/api/v1/push", method: .post, headers: [:], body: ByteBuffer(string: "no snappy"))
            #expect(none.status == .badRequest)
        }
    }

    @Test("a record makes a rule fire for the service that its sender names")
    func rule() async throws {
        let directory = try TemporaryDirectory()
        let rule = """
            kind: rule
            id: failed
            title: Something failed
            owner: shop
            status: experimental
            severity: warning
            when:
              error: {source: log, where: 'error.severity == "ERROR"', keep_firing_for: 10m}
            group_by: [service]
            tests: []
            """
        let path = try directory.file("failed.yaml", rule)
        let error = #"{"timeUnixNano":"1700000000000000000","severityNumber":17,"body":{"stringValue":"no"}}"#
        try await withServer({ $0.rulePaths = [path] }) { client, engine in
            _ = try await client.executeRequest(uri: "/v1/logs", method: .post, headers: json, body: otlp(error))
            while engine.metrics.value(of: .messages) == 0 { await Task.yield() }
            let alerts = try await client.executeRequest(
                uri: "/api/v1/alerts", method: .get, headers: [:], body: nil)
            #expect(alerts.json.array?.first?["labels"]?["service"]?.string == "shop")
        }
        withExtendedLifetime(directory) {}
    }

    @Test("what is understood nowhere is told so", arguments: ["/v1/logs", "/loki/api/v1/push"])
    func refused(path: String) async throws {
        try await withServer { client, _ in
            let type = try await client.executeRequest(
                uri: path, method: .post, headers: [.contentType: "text/plain"], body: ByteBuffer(string: "x"))
            #expect(type.status == .unsupportedMediaType)
            var encoded = json
            encoded[.contentEncoding] = "br"
            let encoding = try await client.executeRequest(
                uri: path, method: .post, headers: encoded, body: ByteBuffer(string: "x"))
            #expect(encoding.status == .unsupportedMediaType)
            let large = try await client.executeRequest(
                uri: path, method: .post, headers: json,
                body: ByteBuffer(repeating: 0x20, count: LogLimits().compressedBytes + 1))
            #expect(large.status == .contentTooLarge)
            let garbage = try await client.executeRequest(
                uri: path, method: .post, headers: json, body: ByteBuffer(string: "{"))
            #expect(garbage.status == .badRequest)
            #expect(garbage.headers[.contentType] == "application/problem+json")
        }
    }

    @Test("a full backlog is answered 503, which senders repeat", arguments: ["/v1/logs", "/loki/api/v1/push"])
    func backlog(path: String) async throws {
        let loki = ByteBuffer(string: #"{"streams":[{"stream":{"a":"b"},"values":[["1570818238000000000","x"]]}]}"#)
        let body = path == "/v1/logs" ? otlp(Self.good) : loki
        try await withServer({ $0.detection.backlogLimit = 0 }, isReady: false) { client, _ in
            let response = try await client.executeRequest(uri: path, method: .post, headers: json, body: body)
            #expect(response.status == .serviceUnavailable && response.headers[.retryAfter] != nil)
        }
    }
}
