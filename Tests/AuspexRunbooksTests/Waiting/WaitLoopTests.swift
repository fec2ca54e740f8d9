import AuspexRunbooks
import AuspexSignals
import Testing

@Suite struct WaitLoopTests {
    private static let waiter = Waiter(
        acceptors: [
            Waiter.Acceptor(
                state: .failure, matcher: .pathAny, argument: "pods[].state", expected: .string("CrashLoop")),
            Waiter.Acceptor(state: .retry, matcher: .status, expected: .int(503)),
            Waiter.Acceptor(state: .success, matcher: .path, argument: "status", expected: .string("ok")),
        ], delay: .seconds(5), maxAttempts: 2)

    @Test("exhaustion names the acceptor that matched last, not the one that was tried last")
    func exhaustion() {
        var loop = WaitLoop(Self.waiter)
        loop.beginAttempt()
        #expect(
            loop.step(Waiter.Response(body: .null, status: 503, errorCode: "UnexpectedStatus")) == .sleep(.seconds(5)))
        loop.beginAttempt()
        guard case .exhausted(let reason) = loop.step(Waiter.Response(body: .null)) else {
            Issue.record("the last attempt must exhaust the wait")
            return
        }
        #expect(reason.contains("last matched acceptor 2"))
    }

    @Test("a failure says which acceptor matched")
    func failureReason() {
        var loop = WaitLoop(Self.waiter)
        loop.beginAttempt()
        let pods: JSONValue = .object(["pods": .array([.object(["state": .string("CrashLoop")])])])
        let reason = "acceptor 1 matched (failure: pathAny pods[].state == \"CrashLoop\")"
        #expect(loop.step(Waiter.Response(body: pods)) == .failure(reason: reason))
    }

    static let equalities: [(JSONValue, JSONValue, Bool)] = [
        (.int(1), .double(1), true), (.double(1), .int(1), true), (.double(1.5), .int(1), false),
        (.bool(true), .int(1), false), (.string("1"), .int(1), false), (.null, .string("null"), false),
        (.array([.int(1)]), .array([.double(1)]), true), (.array([.int(1)]), .array([]), false),
        (.object(["a": .int(1)]), .object(["a": .double(1)]), true),
        (.object(["a": .int(1)]), .object(["b": .int(1)]), false),
    ]

    @Test("numbers are equal across their kinds, and nothing else is", arguments: equalities)
    func equality(found: JSONValue, expected: JSONValue, isEqual: Bool) {
        let acceptor = Waiter.Acceptor(state: .success, matcher: .path, argument: "@", expected: expected)
        let waiter = Waiter(acceptors: [acceptor], delay: .seconds(1), maxAttempts: 1)
        #expect((waiter.verdict(on: Waiter.Response(body: found)).acceptor == 0) == isEqual)
    }

    @Test("what is left of a wait survives being stored")
    func storing() throws {
        var loop = WaitLoop(Self.waiter)
        loop.beginAttempt()
        _ = loop.step(Waiter.Response(body: .null, status: 503))
        let copy = try restored(loop)
        #expect(copy == loop)
        #expect(copy.attempts == 1)
    }
}
