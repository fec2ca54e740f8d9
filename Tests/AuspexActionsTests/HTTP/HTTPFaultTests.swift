import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Synchronization
import Testing

@testable import AuspexActions

/// Servers that are slow, lie, or break off.
@Suite(.timeLimit(.minutes(2))) struct HTTPFaultTests {
    private func order(
        _ port: Int, effect: Effect = .once, timeout: TimeSpan = .seconds(30), headers: [String: String] = [:]
    ) -> OperationOrder {
        OperationOrder(
            id: OperationID(run: "r1", path: "steps/act", attempt: 1),
            operation: .http(
                Request(
                    method: "POST", url: "http://127.0.0.1:\(port)/", headers: headers, body: .object(["n": .int(1)]))),
            effect: effect, idempotencyKey: "key-1", timeout: timeout)
    }

    private func performer(_ ports: Int...) throws -> HTTPPerformer {
        HTTPPerformer(hosts: try HostAllowList(ports.map { "127.0.0.1:\($0)" }))
    }

    private static let endless = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"

    @Test(
        "a request that changes something is sent once, however its answer breaks off, and nobody pretends to know",
        arguments: [
            LoopbackServer.Manner.hangUp, .reset(""), .reset("HTTP/1.1 200"), .reset("HTTP/1.1 200 OK\r\nContent-Le"),
            .reset("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it"), .answer("nonsense\r\n\r\n"),
            .answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it"),
            .answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"),
        ])
    func brokenOff(manner: LoopbackServer.Manner) async throws {
        let server = try LoopbackServer(manner)
        let result = await (try performer(server.port)).perform(order(server.port), .silent)
        #expect(result.outcome == .unknown && result.errorCode == "ConnectionLost", "\(result)")
        #expect(server.requests.count == 1)
    }

    @Test(
        "a server that takes its time, byte by byte or without any, is left when the step's time is over",
        arguments: [
            LoopbackServer.Manner.silence, .drip("HTTP/1.1 200 OK\r\nX-Slow: "), .drip(endless),
            .part("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), .part("HTTP/1.1 200 OK\r\n"),
        ], [Effect.once, .read])
    func slow(manner: LoopbackServer.Manner, effect: Effect) async throws {
        let server = try LoopbackServer(manner)
        let result = await (try performer(server.port)).perform(
            order(server.port, effect: effect, timeout: .seconds(1)), .silent)
        #expect(result.outcome == (effect == .read ? .timedOut : .unknown), "\(result)")
        #expect(result.errorCode == "Timeout")
        #expect(server.requests.count == 1)
    }

    @Test("an error is an answer: what answers 500 is not asked again, though it would answer 200 then")
    func errorThenSuccess() async throws {
        let server = try LoopbackServer(
            .turns([LoopbackServer.ok("", status: "500 Internal Server Error"), LoopbackServer.ok("done")]))
        let result = await (try performer(server.port)).perform(order(server.port), .silent)
        #expect(result.outcome == .failed && result.status == 500)
        #expect(server.requests.count == 1)
    }

    @Test("of ten thousand redirects none is followed", arguments: [301, 302, 303, 307, 308])
    func redirects(status: Int) async throws {
        let port = Mutex(0)
        let server = try LoopbackServer(
            .by { _ in
                let target = "Location: http://127.0.0.1:\(port.withLock { $0 })/again\r\n"
                return LoopbackServer.ok("", status: "\(status) Elsewhere", headers: target)
            })
        port.withLock { $0 = server.port }
        let result = await (try performer(server.port)).perform(order(server.port), .silent)
        #expect(result.outcome == .failed && result.status == status)
        #expect(server.requests.count == 1)
    }

    @Test("endless header fields are not read to their end")
    func endlessHead() async throws {
        let server = try LoopbackServer(.flood("HTTP/1.1 200 OK\r\nX-Long: ", bytes: 64 << 20))
        let result = await (try performer(server.port)).perform(order(server.port, effect: .read), .silent)
        #expect(result.outcome == .failed && result.errorCode == "ConnectionLost", "\(result)")
    }

    @Test(
        "a field's value cannot begin another field",
        arguments: ["a\r\nX-Admin: 1", "a\nb", "a\rb", "a\u{0}b", "a\u{7f}"])
    func headerInjection(value: String) async throws {
        let server = try LoopbackServer(LoopbackServer.ok(""))
        let result = await (try performer(server.port)).perform(
            order(server.port, headers: ["X-Text": value]), .silent)
        #expect(result.outcome == .failed && result.errorCode == "NotAllowed", "\(result)")
        #expect(server.requests.isEmpty)
    }

    @Test("a name that leads elsewhere the second time is asked only at the address that was checked")
    func rebinding() async throws {
        let server = try LoopbackServer(LoopbackServer.ok("secret"))
        let turns = Mutex(0)
        // First an address at which nobody listens, and from then on the one of the server.
        let resolver = HostResolver { _ async throws(HTTPRefusal) in
            let turn = turns.withLock { turns in
                turns += 1
                return turns
            }
            return [IPAddress(bytes: [127, 0, 0, turn == 1 ? 2 : 1])]
        }
        let hosts = try HostAllowList(["localhost:\(server.port)"])
        var request = order(server.port, effect: .read)
        request.operation = .http(Request(method: "GET", url: "http://localhost:\(server.port)/"))
        let result = await HTTPPerformer(hosts: hosts, resolver: resolver).perform(request, .silent)
        #expect(result.errorCode == "ConnectionRefused", "\(result)")
        #expect(turns.withLock { $0 } == 1 && server.requests.isEmpty)
    }

    @Test("when a request's fate is unknown the probe is asked, and the request is not sent again")
    func probed() async throws {
        let server = try LoopbackServer(
            .by { $0.hasPrefix("POST") ? .reset("HTTP/1.1 200 OK\r\nContent-Le") : LoopbackServer.ok("{\"n\":1}") })
        let url = "http://127.0.0.1:\(server.port)/"
        let probe = Plan.Probe(operation: .http(Request(method: "GET", url: url)), saysDone: "json.n == 1")
        let step = Plan.Step(
            id: "act", action: .operation(.http(Request(method: "POST", url: url))), effect: .once, probe: probe)
        let record = RunSamples.record(id: "r1", plan: RunSamples.plan(steps: [step]))
        let journal = InMemoryRunJournal()
        _ = try await journal.insert(record, audit: RunAudit(kind: "run.created", detail: .null))
        let nothing = NotifyPerformer(channels: [:])
        let performer = OperationPerformer(
            processes: nothing, requests: try performer(server.port), notifications: nothing)
        let end = try await RunDriver(.fake(journal: journal, performer: performer))
            .drive(record, mailbox: RunMailbox(), isRecovery: false)
        #expect(end.status == .verified, "\(end.status) \(end.ending.debugDescription)")
        #expect(server.requests.map { $0.prefix(4) } == ["POST", "GET "])
    }

    /// A request that may happen once, taken back by another, and how its run ends.
    private func drained(at port: Int, listed: [Int]) async throws -> RunRecord {
        let url = "http://127.0.0.1:"
        var step = Plan.Step(
            id: "drain", action: .operation(.http(Request(method: "POST", url: "\(url)\(port)/drain"))), effect: .once)
        let back = listed.first ?? port
        step.undo = [
            Plan.Step(
                id: "enable", action: .operation(.http(Request(method: "POST", url: "\(url)\(back)/enable"))),
                effect: .idempotent)
        ]
        let record = RunSamples.record(id: "r1", plan: RunSamples.plan(steps: [step]))
        let journal = InMemoryRunJournal()
        _ = try await journal.insert(record, audit: RunAudit(kind: "run.created", detail: .null))
        let nothing = NotifyPerformer(channels: [:])
        let performer = OperationPerformer(
            processes: nothing, requests: HTTPPerformer(hosts: try HostAllowList(listed.map { "127.0.0.1:\($0)" })),
            notifications: nothing)
        return try await RunDriver(.fake(journal: journal, performer: performer))
            .drive(record, mailbox: RunMailbox(), isRecovery: false)
    }

    @Test("what was never sent is not taken back, and is done again without asking anybody", arguments: [true, false])
    func neverSent(isListed: Bool) async throws {
        let server = try LoopbackServer(LoopbackServer.ok(""))
        var gone: LoopbackServer? = try LoopbackServer(.hangUp)
        let port = gone?.port ?? 0
        gone = nil
        let end = try await drained(at: port, listed: [server.port] + (isListed ? [port] : []))
        #expect(end.steps.last?.result?.errorCode == (isListed ? "ConnectionRefused" : "NotAllowed"))
        #expect(end.status == .failed && end.steps.map(\.path) == ["steps/drain"])
        #expect(server.requests.isEmpty)
        var state = try RunState(end)
        let again = try state.takeUp("steps/drain", by: "ann", RunSamples.moment(2_000_000)).record
        #expect(again.steps[0].state == .failed && again.steps[0].takenUpBy == "ann")
    }

    @Test("what was sent and is answered by an error is taken back")
    func sent() async throws {
        let server = try LoopbackServer(.by { _ in LoopbackServer.ok("", status: "500 Internal Server Error") })
        let end = try await drained(at: server.port, listed: [server.port])
        #expect(end.steps.map(\.path) == ["steps/drain", "undo/steps/drain/enable"])
        #expect(server.requests.count == 2)
    }
}
