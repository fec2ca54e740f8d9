import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// close-stuck-consumer, with an API that answers as RabbitMQ's does.
@Suite(.timeLimit(.minutes(3))) struct QueueRunbookTests {
    private func site(
        _ answer: @escaping @Sendable (FakeAPI.Call) -> LoopbackServer.Manner
    ) throws -> (site: ShippedSite, api: FakeAPI, parameters: [String: String]) {
        let api = try FakeAPI(answer)
        let port = try #require(URL(string: api.url)?.port)
        let site = try ShippedSite(
            "close-stuck-consumer", hosts: ["127.0.0.1:\(port)"], secrets: ["RABBITMQ_PASSWORD": Self.password])
        return (
            site, api,
            [
                "broker": "127.0.0.1", "broker_port": "\(port)", "queue": "orders",
                "connection": "10.0.0.7:51514 -> 10.0.0.2:5672",
            ]
        )
    }

    private static let password = "s3cret-of-rabbitmq"
    private static let consumed = LoopbackServer.ok(
        """
        {"consumers":2,"messages_ready":7,"messages_unacknowledged":3,"consumer_details":[
        {"channel_details":{"connection_name":"10.0.0.8:51999 -> 10.0.0.2:5672"}},
        {"channel_details":{"connection_name":"10.0.0.7:51514 -> 10.0.0.2:5672"}}]}
        """)

    @Test("a connection is closed, also when the engine dies in between", arguments: [nil, true, false])
    func closes(happened: Bool?) async throws {
        let (site, api, parameters) = try site { call in
            call.method == "DELETE" ? LoopbackServer.ok("", status: "204 No Content") : Self.consumed
        }
        let run = try await site.run(
            parameters, losing: happened.map { .init(step: "close", happened: $0) },
            detectors: Detectors(values: ["ready": 7, "unconfirmed": 3]))
        #expect(run.status == .verified, "\(run.story)")
        let paths = Set(api.calls.filter { $0.method == "DELETE" }.map(\.path))
        #expect(paths == ["/api/connections/10.0.0.7%3A51514%20-%3E%2010.0.0.2%3A5672"])
        let asked = Set(api.calls.filter { $0.method == "GET" }.map(\.path))
        #expect(asked == paths.union(["/api/queues/%2F/orders"]))
        let credentials = Data("auspex:\(Self.password)".utf8).base64EncodedString()
        #expect(api.calls.allSatisfy { $0.headers["authorization"] == "Basic \(credentials)" })
        #expect(!"\(run)".contains(Self.password) && !"\(run)".contains(credentials))
        #expect(run.lastAttempt(at: "steps/queue-before")?.result?.output.text.contains("unacknowledged") == true)
    }

    @Test("while nothing waits to be confirmed, nobody is cut off")
    func nothingWaits() async throws {
        let (site, api, parameters) = try site { _ in LoopbackServer.ok(#"{"consumers":2,"messages_unacknowledged":0}"#)
        }
        let run = try await site.run(parameters)
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(run.ending?.reason?.contains("waits") == true)
        #expect(!api.calls.contains { $0.method == "DELETE" })
    }

    @Test("a connection that takes nothing from the queue is not closed")
    func another() async throws {
        let (site, api, parameters) = try site { _ in Self.consumed }
        let run = try await site.run(parameters.merging(["connection": "10.0.0.7:51515 -> 10.0.0.2:5672"]) { $1 })
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(run.ending?.reason?.contains("consumes") == true)
        #expect(!api.calls.contains { $0.method == "DELETE" })
    }

    @Test("a connection that is gone by then is as good as closed")
    func gone() async throws {
        let (site, api, parameters) = try site { call in
            call.method == "DELETE" ? LoopbackServer.ok("{}", status: "404 Not Found") : Self.consumed
        }
        let run = try await site.run(parameters, detectors: Detectors(values: ["ready": 7, "unconfirmed": 3]))
        #expect(run.status == .verified, "\(run.story)")
        #expect(api.calls.count { $0.method == "DELETE" } == 1)
    }

    @Test("a broker that refuses is told to people")
    func refused() async throws {
        let (site, api, parameters) = try site { call in
            call.method == "DELETE" ? LoopbackServer.ok("{}", status: "401 Unauthorized") : Self.consumed
        }
        let run = try await site.run(parameters)
        #expect(run.status == .failed, "\(run.story)")
        #expect(run.reason(of: "close")?.contains("401") == true)
        #expect(run.state(of: "consumed") == nil)
        #expect(api.calls.last?.method == "DELETE")
        #expect(
            site.messages == [
                "page: Closing a consumer of queue orders failed, or messages still pile up, be it to be taken or to be "
                    + "confirmed."
            ])
    }

    @Test(
        "a queue that stays long, or whose messages nobody confirms, has not been helped",
        arguments: ["ready", "unconfirmed"])
    func long(what: String) async throws {
        let (site, api, parameters) = try site { call in
            call.method == "DELETE" ? LoopbackServer.ok("", status: "204 No Content") : Self.consumed
        }
        var plan = try site.plan(parameters)
        plan.verification.within = TimeSpan(milliseconds: 300)
        let run = try await site.run(
            plan, detectors: Detectors(values: ["ready": 7, "unconfirmed": 3].merging([what: 1_001]) { $1 }))
        #expect(run.status == .failed && run.state(of: "consumed") == .done, "\(run.story)")
        #expect(site.messages.count == 1 && api.calls.count { $0.method == "DELETE" } == 1)
    }
}
