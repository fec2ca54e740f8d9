import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Synchronization
import Testing

/// drain-and-restart, with an API that answers as HAProxy's does.
@Suite(.timeLimit(.minutes(3))) struct BalancerRunbookTests {
    private static let password = "s3cret-of-haproxy"

    /// A backend with two servers, of which one can be drained.
    private struct Balancer {
        let api: FakeAPI

        /// A class because the server's thread and the test share it.
        private final class State: Sendable {
            let admin: Mutex<String>
            let failures: Mutex<Int>

            init(admin: String, failures: Int) {
                self.admin = Mutex(admin)
                self.failures = Mutex(failures)
            }
        }

        /// - Parameters:
        ///   - other: How the other server is.
        ///   - drained: How the server is found once it was drained.
        ///   - failures: How often it does not know how many sessions a server has.
        ///   - admin: What people have done with the server before.
        ///   - isTaken: Whether somebody takes it into maintenance as soon as it is drained.
        init(
            other: String = "up", drained: String = "up", failures: Int = 0, admin: String = "ready",
            isTaken: Bool = false
        ) throws {
            let state = State(admin: admin, failures: failures)
            api = try FakeAPI { call in
                let admin = state.admin.withLock { admin in
                    if call.method == "PUT" { admin = isTaken ? "maint" : call.json["admin_state"]?.string ?? "" }
                    return admin
                }
                let operational = admin == "ready" ? "up" : drained
                let own = #"{"name":"shop1","admin_state":"\#(admin)","operational_state":"\#(operational)"}"#
                if call.path.contains("/stats/") {
                    let fails = state.failures.withLock { left in
                        left -= 1
                        return left >= 0
                    }
                    return fails
                        ? LoopbackServer.ok("{}", status: "503 Service Unavailable")
                        : LoopbackServer.ok(#"[{"stats":[{"stats":{"scur":0}}]}]"#)
                }
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
            "drain-and-restart",
            programs: ["systemctl": FakePrograms.systemctl, "journalctl": FakePrograms.echo],
            hosts: ["127.0.0.1:\(port)"], secrets: ["HAPROXY_PASSWORD": Self.password])
        return (
            site,
            [
                "service": "shop", "instance": "shop1:8080", "balancer": "127.0.0.1", "balancer_port": "\(port)",
                "backend": "shop", "server": "shop1",
            ]
        )
    }

    @Test(
        "a server is drained, restarted once and put back, whenever the engine dies",
        arguments: [
            nil, ("drain", true), ("drain", false), ("restart/run", true), ("restart/run", false), ("ready", true),
        ]
            as [(String, Bool)?])
    func restarts(loss: (String, Bool)?) async throws {
        let balancer = try Balancer()
        let (site, parameters) = try site(balancer)
        let run = try await site.run(parameters, losing: loss.map { .init(step: $0.0, happened: $0.1) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.calls("systemctl restart shop") == 1)
        #expect(balancer.orders.first == "drain" && balancer.orders.last == "ready")
        #expect(Set(balancer.orders) == ["drain", "ready"])
        let credentials = Data("admin:\(Self.password)".utf8).base64EncodedString()
        #expect(balancer.api.calls.allSatisfy { $0.headers["authorization"] == "Basic \(credentials)" })
        #expect(!"\(run)".contains(Self.password) && !"\(run)".contains(credentials))
        #expect(try site.evidence(of: run).contains("shop is ill"))
    }

    @Test("one failure to say how many requests are left does not cut them off")
    func stillDrains() async throws {
        let balancer = try Balancer(failures: 1)
        let (site, parameters) = try site(balancer)
        let run = try await site.run(parameters)
        #expect(run.status == .verified && run.state(of: "drained") == .done, "\(run.story)")
        #expect(balancer.api.calls.count { $0.path.contains("/stats/") } == 2)
    }

    @Test(
        "nothing is begun where no other server is well, a person has taken the server out, or the service is none to restart",
        arguments: ["others-are-up", "is-ready", "is-up-for-long", "is-service"])
    func refuses(check: String) async throws {
        let balancer = try Balancer(
            other: check == "others-are-up" ? "down" : "up", admin: check == "is-ready" ? "maint" : "ready")
        let (site, parameters) = try site(balancer)
        if check == "is-up-for-long" {
            try site.site.file("entered", "\(SystemMomentSource().now().monotonic)\n")
        }
        if check == "is-service" { try site.site.file("type", "oneshot\n") }
        let run = try await site.run(parameters)
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(run.ending?.reason?.contains(check) == true)
        #expect(balancer.orders.isEmpty && site.calls("systemctl restart") == 0)
        #expect(site.messages.count == 1)
    }

    @Test("a server whose service does not come back, or that HAProxy finds ill, stays out, and people are told")
    func staysOut() async throws {
        for isBroken in [true, false] {
            let balancer = try Balancer(drained: isBroken ? "up" : "down")
            let (site, parameters) = try site(balancer)
            if isBroken { try site.site.file("broken", "") }
            let run = try await site.run(parameters)
            #expect(run.status == .failed, "\(run.story)")
            #expect(balancer.orders == ["drain"])
            #expect(run.state(of: isBroken ? "restart/check" : "is-up") == .failed)
            #expect(run.state(at: "undo/steps/drain/put-back") == .skipped)
            #expect(
                site.messages == [
                    "page: Restarting shop behind shop failed; server shop1 may still be out of the load balancing."
                ])
        }
    }

    @Test("a server that somebody has taken into maintenance meanwhile stays there")
    func overruled() async throws {
        let balancer = try Balancer(isTaken: true)
        let (site, parameters) = try site(balancer)
        let run = try await site.run(parameters)
        #expect(run.status == .failed && run.state(of: "is-up") == .failed, "\(run.story)")
        #expect(balancer.orders == ["drain"])
        #expect(run.state(at: "undo/steps/drain/put-back") == .skipped)
    }

    @Test("HAProxy has time to notice that the server was down before it is believed")
    func notices() throws {
        let steps = try site(try Balancer()).site.runbook.steps
        let drain = try #require(steps.first { $0.id == "drain" })
        for (steps, look) in [(steps, "is-up"), (drain.undo, "server-now")] {
            let look = try #require(steps.firstIndex { $0.id == look })
            let pauses = steps[..<look].compactMap { step in
                if case .pause(let pause) = step.action { pause } else { nil }
            }
            #expect(pauses == [.length(.seconds(30))])
            #expect(steps[..<look].allSatisfy { $0.id != "ready" && $0.id != "put-back" })
        }
    }

    @Test(
        "a server that is well is put back when the restart fails, whenever the engine dies",
        arguments: [nil, true, false])
    func putBack(happened: Bool?) async throws {
        let balancer = try Balancer()
        let (site, parameters) = try site(balancer)
        try site.site.file("unit", "active\n")
        try site.site.file("fail-restart", "")
        let run = try await site.run(
            parameters, losing: happened.map { .init(path: "undo/steps/drain/put-back", happened: $0) })
        #expect(run.status == .failed, "\(run.story)")
        #expect(run.state(of: "restart/run") == .failed)
        #expect(balancer.orders.first == "drain" && balancer.orders.last == "ready", "\(run.story)")
        #expect(site.messages.count == 1)
    }
}
