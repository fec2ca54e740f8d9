import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Synchronization
import Testing

/// drain-and-restart, with an API that answers as HAProxy's does.
@Suite(.timeLimit(.minutes(3))) struct BalancerRunbookTests {
    private static let credentials = "YWRtaW46c2VjcmV0"

    /// A backend with two servers, of which one can be drained.
    private struct Balancer {
        let api: FakeAPI

        /// A class because the server's thread and the test share it.
        private final class State: Sendable {
            let admin = Mutex("ready")
        }

        /// - Parameter other: How the other server is.
        init(other: String = "up") throws {
            let state = State()
            api = try FakeAPI { call in
                let admin = state.admin.withLock { admin in
                    if call.method == "PUT" { admin = call.json["admin_state"]?.string ?? "" }
                    return admin
                }
                let own = #"{"name":"shop1","admin_state":"\#(admin)","operational_state":"up"}"#
                if call.path.contains("/stats/") { return LoopbackServer.ok(#"[{"stats":[{"stats":{"scur":0}}]}]"#) }
                if call.path.contains("/servers/shop1") { return LoopbackServer.ok(own) }
                return LoopbackServer.ok(
                    #"[\#(own),{"name":"shop2","admin_state":"ready","operational_state":"\#(other)"}]"#)
            }
        }

        /// The states that it was told to give the server, oldest first.
        var orders: [String] { api.calls.filter { $0.method == "PUT" }.compactMap { $0.json["admin_state"]?.string } }
    }

    private func site(_ balancer: Balancer) throws -> (site: ShippedSite, parameters: [String: String]) {
        let port = try #require(URL(string: balancer.api.url)?.port)
        let site = try ShippedSite(
            "drain-and-restart", programs: ["systemctl": FakePrograms.systemctl], hosts: ["127.0.0.1:\(port)"])
        return (
            site,
            [
                "service": "shop", "instance": "shop1:8080", "balancer": "127.0.0.1", "balancer_port": "\(port)",
                "backend": "shop", "server": "shop1", "credentials": Self.credentials,
            ]
        )
    }

    @Test(
        "a server is drained, restarted once and put back, whenever the engine dies",
        arguments: [nil, ("drain", true), ("drain", false), ("restart", true), ("restart", false), ("ready", true)]
            as [(String, Bool)?])
    func restarts(loss: (String, Bool)?) async throws {
        let balancer = try Balancer()
        let (site, parameters) = try site(balancer)
        let run = try await site.run(parameters, losing: loss.map { .init(step: $0.0, happened: $0.1) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.calls("systemctl restart shop") == 1)
        #expect(balancer.orders.first == "drain" && balancer.orders.last == "ready")
        #expect(Set(balancer.orders) == ["drain", "ready"])
        #expect(balancer.api.calls.allSatisfy { $0.headers["authorization"] == "Basic \(Self.credentials)" })
        #expect(!"\(run.masked)".contains(Self.credentials))
    }

    @Test("where no other server is well, nothing is begun, and people are told")
    func alone() async throws {
        let balancer = try Balancer(other: "down")
        let (site, parameters) = try site(balancer)
        let run = try await site.run(parameters)
        #expect(run.status == .failed, "\(run.story)")
        #expect(balancer.orders.isEmpty && site.calls("systemctl restart") == 0)
        #expect(site.messages.count == 1)
    }

    @Test("a server that does not come back stays out of the load balancing, and people are told")
    func staysOut() async throws {
        let balancer = try Balancer()
        let (site, parameters) = try site(balancer)
        try site.site.file("broken", "")
        let run = try await site.run(parameters)
        #expect(run.status == .failed, "\(run.story)")
        #expect(balancer.orders == ["drain"])
        #expect(
            site.messages == [
                "page: Restarting shop behind shop failed; server shop1 may still be out of the load balancing."
            ])
    }
}
