import AuspexDetection
import AuspexSignals
import Testing

@testable import AuspexEngine

@Suite struct DeployWindowsTests {
    private let policy = {
        var policy = DeployWindowPolicy()
        policy.effect = .mute
        return policy
    }()

    private func change(
        _ id: String = "1", service: String = "shop", environment: String = "", at minute: Int64 = 0,
        over: Int64? = nil, _ outcome: Change.Outcome = .pending
    ) -> Change {
        Change(
            id: id, service: service, environment: environment, startedAt: noon + .minutes(minute),
            endedAt: over.map { noon + .minutes($0) }, outcome: outcome)
    }

    private func windows(_ changes: [Change]) -> DeployWindows {
        var windows = DeployWindows()
        for change in changes { windows.open(change, length: .minutes(10)) }
        return windows
    }

    /// The minute at which the windows that are open at a minute end; nil when none is.
    private func end(_ changes: [Change], at minute: Int64, _ labels: [String: String] = ["job": "shop"]) -> Int64? {
        let concerning = windows(changes).concerning(Labels(labels), by: policy)
        return concerning.end(at: noon + .minutes(minute)).map { ($0 - noon).milliseconds / 60_000 }
    }

    @Test("a window is open from its change's beginning for its length, and not a moment longer")
    func length() {
        #expect(end([change()], at: -1) == nil)
        #expect(end([change()], at: 0) == 10)
        #expect(end([change()], at: 9) == 10)
        #expect(end([change()], at: 10) == nil)
    }

    @Test(
        "a series is concerned by one of the policy's labels, and by its environment where both tell one",
        arguments: [
            (["service": "shop"], "", true), (["job": "shop"], "", true), (["app": "shop"], "", true),
            (["name": "shop"], "", false), (["job": "other", "app": "shop"], "", true), (["job": "other"], "", false),
            (["job": "shop"], "production", true), (["job": "shop", "env": "production"], "production", true),
            (["job": "shop", "environment": "staging"], "production", false),
            (["job": "shop", "environment": "staging"], "", true),
        ])
    func concerned(labels: [String: String], environment: String, isConcerned: Bool) {
        #expect((end([change(environment: environment)], at: 5, labels) != nil) == isConcerned)
    }

    @Test("several changes extend a window, and a gap between them is none")
    func several() {
        let changes = [change("1"), change("2", at: 8), change("3", at: 18), change("4", at: 40)]
        #expect(end(changes, at: 1) == 28)
        #expect(end(changes, at: 27) == 28)
        #expect(end(changes, at: 30) == nil)
        #expect(end(changes, at: 45) == 50)
    }

    @Test("a later report of a change opens no other window; one that was over in its window lengthens it")
    func outcome() {
        #expect(end([change(), change(at: 7, .success)], at: 12) == nil)
        #expect(end([change(), change(over: 4, .success)], at: 12) == 14)
        #expect(end([change(), change(over: 30, .failure)], at: 31) == nil)
        #expect(end([change(over: 30, .success)], at: 31) == 40)
        let repeated = [change(over: 4, .success), change(over: 4, .success), change(over: 4, .rolledBack)]
        #expect(windows(repeated).count == 1)
        #expect(end(repeated, at: 13) == 14)
    }

    @Test("windows that are long over are forgotten, and there are never too many")
    func bounded() {
        var windows = windows([change("1"), change("2", at: 60)])
        windows.forget(at: noon + .hours(24) + .minutes(9))
        #expect(windows.count == 2)
        windows.forget(at: noon + .hours(24) + .minutes(10))
        #expect(windows.count == 1)
        windows.forget(at: noon + .hours(48))
        #expect(windows.isEmpty)
        for number in 0..<DeployWindows.most + 5 {
            windows.open(
                change("\(number)", service: "s\(number % 3_000)", at: Int64(number)), length: .minutes(10))
        }
        #expect(windows.count == DeployWindows.most)
        #expect(windows.concerning(Labels(["job": "s0"]), by: policy).map(\.change).contains("0") == false)
    }

    @Test("windows survive as bytes, and damaged ones are refused")
    func snapshot() throws {
        let windows = windows([change("1", environment: "a"), change("2", at: 3), change("3", service: "other")])
        let bytes = windows.snapshot()
        #expect(try DeployWindows(restoring: bytes) == windows)
        #expect(throws: DetectorError.self) { try DeployWindows(restoring: Array(bytes.dropLast())) }
    }
}
