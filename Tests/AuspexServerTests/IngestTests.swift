import AuspexEngine
import AuspexSignals
import AuspexTesting
import AuspexWire
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct IngestTests {
    private let headers: HTTPFields = [
        .contentType: "application/x-protobuf", .contentEncoding: "snappy",
    ]

    private func batch(_ count: Int) -> SignalBatch {
        let samples = (0..<count).map { Sample(time: Timestamp(milliseconds: Int64($0) * 1_000), value: Double($0)) }
        return SignalBatch(
            series: [SeriesSamples(labels: Labels(["__name__": "up", "job": "shop"]), samples: samples)])
    }

    @Test("a remote write request is answered 204, and its samples are worked in")
    func remoteWrite() async throws {
        let body = ByteBuffer(bytes: try RemoteWrite.encode(batch(10)))
        try await withServer { client, engine in
            let response = try await client.executeRequest(
                uri: "/api/v1/write", method: .post, headers: headers, body: body)
            #expect(response.status == .noContent)
            while engine.metrics.value(of: .messages) == 0 { await Task.yield() }
            let series = try await client.executeRequest(
                uri: "/api/v1/series?name=up&label.job=shop", method: .get, headers: [:], body: nil)
            #expect(series.json.array?.count == 1)
            #expect(series.json.array?.first?["samples"] == .int(10))
            #expect(series.json.array?.first?["readiness"]?.string?.hasPrefix("warming up, 10 of ") == true)
        }
    }

    @Test("a series tells the window of a change in which it was read")
    func deployWindow() async throws {
        let body = ByteBuffer(bytes: try RemoteWrite.encode(batch(10)))
        let change = #"{"id": "1", "service": "shop", "startedAt": 0}"#
        let mute: (inout EngineConfiguration) -> Void = { $0.detection.deployWindow.effect = .mute }
        try await withServer(mute) { client, engine in
            let reported = try await client.executeRequest(
                uri: "/api/v1/changes", method: .post, headers: [.contentType: "application/json"],
                body: ByteBuffer(string: change))
            try #require(reported.status == .accepted)
            _ = try await client.executeRequest(uri: "/api/v1/write", method: .post, headers: headers, body: body)
            while engine.metrics.value(of: .messages) < 2 { await Task.yield() }
            let series = try await client.executeRequest(
                uri: "/api/v1/series?name=up", method: .get, headers: [:], body: nil)
            let window = series.json.array?.first?["deployWindow"]
            #expect(window?["policy"]?.string == "mute")
            #expect(window?["until"]?.int == 600_000)
        }
    }

    @Test("a group of series tells its newest reading and the part of each of them")
    func groups() async throws {
        var random = SplitMix64(seed: 71)
        let series = (0..<5).map { host in
            SeriesSamples(
                labels: Labels(["__name__": "load", "job": "shop", "host": "h\(host)"]),
                samples: (0..<700).map {
                    Sample(time: Timestamp(milliseconds: Int64($0) * 1_000), value: random.gaussian())
                })
        }
        let body = ByteBuffer(bytes: try RemoteWrite.encode(SignalBatch(series: series)))
        let grouped: (inout EngineConfiguration) -> Void = {
            $0.detection.detector = "ewma"
            $0.detection.groups = GroupPolicy(labels: ["job"])
        }
        try await withServer(grouped) { client, engine in
            _ = try await client.executeRequest(uri: "/api/v1/write", method: .post, headers: headers, body: body)
            while engine.metrics.value(of: .messages) == 0 { await Task.yield() }
            let groups = try await client.executeRequest(
                uri: "/api/v1/groups?label.job=shop", method: .get, headers: [:], body: nil)
            let group = try #require(groups.json.array?.first)
            #expect(group["labels"]?["job"]?.string == "shop" && group["size"]?.int == 5)
            #expect(group["readiness"]?.string == "ready" && group["value"]?.double ?? 0 > 0)
            let parts = group["contributions"]?.array?.compactMap { $0["share"]?.double } ?? []
            #expect(parts.count == 5 && abs(parts.reduce(0, +) - 1) < 1e-9)
            #expect(group["contributions"]?.array?.first?["series"]?.string?.contains("host=\"h") == true)
            let others = try await client.executeRequest(
                uri: "/api/v1/groups?label.job=other", method: .get, headers: [:], body: nil)
            #expect(others.json.array?.isEmpty == true)
        }
    }

    @Test("a sender whose clock is wrong is told so, and cannot make the samples of others late")
    func future() async throws {
        let now = SystemWallClock().now()
        let times = [now, now + .minutes(9), now + .minutes(11), now + .hours(24 * 365)]
        let labels = Labels(["__name__": "up", "job": "shop"])
        let series = SeriesSamples(labels: labels, samples: times.map { Sample(time: $0, value: 1) })
        let onlyAhead = SeriesSamples(
            labels: Labels(["__name__": "up", "job": "odd"]), samples: [Sample(time: now + .hours(1), value: 1)])
        let body = ByteBuffer(bytes: try RemoteWrite.encode(SignalBatch(series: [series, onlyAhead])))
        try await withServer { client, engine in
            let response = try await client.executeRequest(
                uri: "/api/v1/write", method: .post, headers: headers, body: body)
            #expect(response.status == .badRequest)
            #expect(response.json["detail"]?.string?.hasPrefix("3 of 5 samples refused") == true)
            while engine.metrics.value(of: .messages) == 0 { await Task.yield() }
            #expect(engine.series(named: "up").map(\.samples) == [2])
            #expect(engine.metrics.value(of: .samplesRejected) == 3)
            let onlyBad = try await client.executeRequest(
                uri: "/api/v1/write", method: .post, headers: headers,
                body: ByteBuffer(bytes: try RemoteWrite.encode(SignalBatch(series: [onlyAhead]))))
            #expect(onlyBad.status == .badRequest)
        }
    }

    @Test("a full backlog is answered 503, which Prometheus repeats, and never 429, which it drops")
    func backlog() async throws {
        let body = ByteBuffer(bytes: try RemoteWrite.encode(batch(1)))
        try await withServer({ $0.detection.backlogLimit = 0 }, isReady: false) { client, _ in
            let response = try await client.executeRequest(
                uri: "/api/v1/write", method: .post, headers: headers, body: body)
            #expect(response.status == .serviceUnavailable)
            #expect(response.headers[.retryAfter] != nil)
        }
    }

    @Test("what is no remote write request is told so")
    func refused() async throws {
        try await withServer { client, _ in
            let garbage = try await client.executeRequest(
                uri: "/api/v1/write", method: .post, headers: headers, body: ByteBuffer(string: "not snappy"))
            #expect(garbage.status == .badRequest)
            var json = headers
            json[.contentType] = "application/json"
            let wrongType = try await client.executeRequest(
                uri: "/api/v1/write", method: .post, headers: json, body: ByteBuffer(string: "{}"))
            #expect(wrongType.status == .unsupportedMediaType)
        }
    }
}
